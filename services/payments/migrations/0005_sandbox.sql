-- The books of the sandbox: a provider of our own that behaves like a real one. Nothing but the sandbox reads
-- or writes them, so that they can be compared with ours.

CREATE TABLE sandbox_charges (
    idempotency_key text PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    method text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('processing', 'requires_action', 'authorized', 'declined', 'captured',
        'voided', 'failed')),
    refunded bigint NOT NULL DEFAULT 0,
    authorizations integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    captured_at timestamptz,
    CHECK (refunded BETWEEN 0 AND amount)
);

CREATE TABLE sandbox_refunds (
    idempotency_key text PRIMARY KEY,
    charge text NOT NULL REFERENCES sandbox_charges,
    amount bigint NOT NULL CHECK (amount > 0)
);

CREATE TABLE sandbox_webhooks (
    id text PRIMARY KEY,
    charge text NOT NULL REFERENCES sandbox_charges,
    due_at timestamptz NOT NULL,
    sent_at timestamptz
);

-- Signs its webhooks; every instance has the same.
CREATE TABLE sandbox_secret (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    webhook_secret text NOT NULL
);

INSERT INTO sandbox_secret (webhook_secret)
VALUES ('whsec_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
