-- Double entry: every journal entry's lines sum to zero, and nothing is ever changed.

CREATE TABLE ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What happened: money taken, a sale earned, money given back, a sale reversed.
    journal text NOT NULL CHECK (journal IN ('capture', 'sale', 'refund', 'reversal')),
    -- The payment or the refund that it is about.
    source uuid NOT NULL,
    payment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    -- provider, fees, buyer:<id>, seller:<id>
    account text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    booked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Each thing is booked once.
    UNIQUE (journal, source, account)
);

CREATE INDEX ledger_payment ON ledger (payment_id);
CREATE INDEX ledger_account ON ledger (account, currency);

CREATE FUNCTION ledger_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger WHERE journal = NEW.journal AND source = NEW.source
        GROUP BY currency HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'the lines of % % do not sum to zero', NEW.journal, NEW.source;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON ledger
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_is_balanced();

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only ever added to';
END
$$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
