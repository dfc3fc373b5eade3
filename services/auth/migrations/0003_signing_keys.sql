-- The keys that sign access tokens. The public halves are published on the bus.
CREATE TABLE signing_keys (
    kid        text PRIMARY KEY,
    seed       bytea       NOT NULL CHECK (length(seed) = 32),
    public     bytea       NOT NULL CHECK (length(public) = 32),
    created_at timestamptz NOT NULL,
    not_before timestamptz NOT NULL,
    retires_at timestamptz
);
