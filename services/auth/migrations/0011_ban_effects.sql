-- What each service says that it did because of a ban: one row per ban and service, of which the newest word counts.
CREATE TABLE ban_effects (
    ban_id   uuid        NOT NULL REFERENCES bans,
    service  text        NOT NULL,
    -- Pairs of a kind and a count.
    effects  jsonb       NOT NULL,
    acted_at timestamptz NOT NULL,
    version  bigint      NOT NULL,
    PRIMARY KEY (ban_id, service)
);
