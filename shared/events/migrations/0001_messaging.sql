-- What every service keeps about messages: what it published, what it handled, what it could not handle.

CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    subject text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version bigint NOT NULL,
    lane smallint NOT NULL,
    payload jsonb NOT NULL,
    traceparent text,
    occurred_at timestamptz NOT NULL,
    published_at timestamptz
);

CREATE INDEX outbox_waiting ON outbox (lane, seq) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

-- The stream that the published rows went to; when it was created anew, they are published again.
CREATE TABLE outbox_stream (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    created_at timestamptz NOT NULL
);

CREATE TABLE inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, message_id)
);

CREATE TABLE dead_letters (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    consumer text NOT NULL,
    stream_seq bigint NOT NULL,
    subject text NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    error text NOT NULL,
    deliveries bigint NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (consumer, stream_seq)
);
