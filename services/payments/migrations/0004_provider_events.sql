-- What the provider told us unasked: kept as it came, looked into by a worker.

CREATE TABLE provider_events (
    provider text NOT NULL,
    id text NOT NULL,
    -- The charge that it is about, by our key or the provider's reference.
    subject text,
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    processed_at timestamptz,
    PRIMARY KEY (provider, id)
);

CREATE INDEX provider_events_waiting ON provider_events (received_at) WHERE processed_at IS NULL;
