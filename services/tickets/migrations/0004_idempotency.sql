-- Answers to requests that create, so that a repeated request gets the answer of the first.

CREATE TABLE idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    response jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_old ON idempotency (created_at);
