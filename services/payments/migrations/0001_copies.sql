-- What payments knows of other services' data: full state by version, filled by their events.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    banned boolean NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    buyer uuid NOT NULL,
    status text NOT NULL,
    cancel_reason text,
    total bigint NOT NULL,
    fee bigint NOT NULL,
    currency text NOT NULL,
    items jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    version bigint NOT NULL
);
