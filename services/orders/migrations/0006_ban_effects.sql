-- What each ban did here, as auth is told.
CREATE TABLE ban_effects (
    ban_id          uuid PRIMARY KEY,
    user_id         uuid    NOT NULL,
    holds_released  integer NOT NULL DEFAULT 0,
    places_released integer NOT NULL DEFAULT 0,
    streams_closed  integer NOT NULL DEFAULT 0,
    version         bigint  NOT NULL DEFAULT 1
);

CREATE INDEX ban_effects_of_user ON ban_effects (user_id, ban_id);

-- Live streams that a revocation closed before the ban itself was heard of: it comes faster.
CREATE TABLE closed_streams (
    user_id uuid PRIMARY KEY,
    count   integer NOT NULL
);
