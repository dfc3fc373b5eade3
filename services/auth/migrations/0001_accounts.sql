-- People, their devices, and the tokens that keep a device signed in.
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    -- Lower case; the address as a person writes it is not kept.
    email         text        NOT NULL,
    name          text        NOT NULL,
    password_hash text        NOT NULL,
    role          text        NOT NULL CHECK (role IN ('user', 'admin')),
    -- Tokens carry it; a ban raises it, and tokens of a lower one are refused.
    generation    bigint      NOT NULL DEFAULT 1 CHECK (generation > 0),
    version       bigint      NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz,
    CONSTRAINT users_email_key UNIQUE (email)
);
CREATE INDEX users_by_role ON users (role) WHERE role = 'admin';

CREATE TABLE sessions (
    id            uuid PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users,
    user_agent    text        NOT NULL,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    -- Absolute end; no refresh moves it.
    expires_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    revoke_reason text,
    version       bigint      NOT NULL DEFAULT 1
);
CREATE INDEX sessions_live ON sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_ended ON sessions (expires_at);

-- Hashes only. A successor is derived from its predecessor, so it needs no stored secret.
CREATE TABLE refresh_tokens (
    hash       bytea PRIMARY KEY,
    session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    -- The hash of the token that replaced it.
    successor  bytea,
    created_at timestamptz NOT NULL,
    -- First use: from then on its predecessor works for ten more seconds.
    used_at    timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
