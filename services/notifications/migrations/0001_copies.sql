-- What notifications knows of other services' data: full state by version, filled by their events.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE shows (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    doors_at timestamptz NOT NULL,
    refund_until timestamptz NOT NULL,
    venue jsonb NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    listing_name text NOT NULL,
    seat text,
    code text NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL
);

CREATE INDEX tickets_order ON tickets (order_id);
