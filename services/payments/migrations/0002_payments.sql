-- Attempts to pay, and money on its way back.

CREATE TABLE payments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    buyer uuid NOT NULL,
    attempt integer NOT NULL CHECK (attempt > 0),
    provider_key text NOT NULL UNIQUE,
    provider_reference text,
    method text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'requires_action', 'authorized', 'captured', 'declined',
        'voided', 'failed', 'refunded')),
    challenge_url text,
    -- What shall become of it, as orders decided.
    wish text CHECK (wish IN ('capture', 'void')),
    wished_at timestamptz,
    -- Asked to go back, and gone back.
    reserved bigint NOT NULL DEFAULT 0,
    refunded bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL,
    -- When the worker shall ask the provider; null where nothing is open.
    next_ask_at timestamptz,
    asks integer NOT NULL DEFAULT 0,
    idempotency_key text NOT NULL,
    -- What the request that made it was answered: a repeated one is answered the same.
    answer_status smallint,
    answer jsonb,
    CONSTRAINT payments_key UNIQUE (buyer, idempotency_key),
    CONSTRAINT payments_attempt UNIQUE (order_id, attempt),
    CHECK (refunded BETWEEN 0 AND reserved AND reserved <= amount),
    CHECK (reserved = 0 OR status IN ('captured', 'refunded')),
    CHECK ((status = 'refunded') = (refunded = amount))
);

-- One live attempt per order: nobody is charged twice for it.
CREATE UNIQUE INDEX payments_one_live ON payments (order_id)
    WHERE status IN ('pending', 'requires_action', 'authorized', 'captured');
CREATE INDEX payments_due ON payments (next_ask_at) WHERE next_ask_at IS NOT NULL;

CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payments,
    order_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'issued')),
    created_at timestamptz NOT NULL,
    version bigint NOT NULL,
    next_ask_at timestamptz,
    asks integer NOT NULL DEFAULT 0,
    -- Who asked, where a person did.
    requested_by uuid,
    idempotency_key text,
    requested_amount bigint,
    CONSTRAINT refunds_key UNIQUE (requested_by, idempotency_key)
);

CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_due ON refunds (next_ask_at) WHERE next_ask_at IS NOT NULL;
