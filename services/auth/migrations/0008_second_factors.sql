-- When the person of a session last proved who they are, and whether with two factors.
ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz;
UPDATE sessions SET authenticated_at = created_at;
ALTER TABLE sessions ALTER COLUMN authenticated_at SET NOT NULL;
ALTER TABLE sessions ADD COLUMN second_factor boolean NOT NULL DEFAULT false;

-- The first step of a sign-in is done, and the second is not. Hashes only.
CREATE TABLE signin_challenges (
    hash       bytea PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users,
    -- As it was at the first step: a ban in between ends the challenge.
    generation bigint      NOT NULL,
    -- Digest of the password hash that was compared: a new password in between ends the challenge.
    proven     bytea       NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX signin_challenges_of_user ON signin_challenges (user_id);
CREATE INDEX signin_challenges_ended ON signin_challenges (expires_at);

-- Authenticator apps. The secret is sealed with a key that the database does not know.
CREATE TABLE totp (
    user_id      uuid PRIMARY KEY REFERENCES users,
    secret       bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    -- It counts from then on; absent while no code of it has come back.
    confirmed_at timestamptz,
    last_used_at timestamptz,
    -- The newest time step of which a code was accepted: neither it nor an older one is accepted again.
    last_step    bigint,
    -- Wrong codes since the last right one.
    wrong        integer     NOT NULL DEFAULT 0,
    last_wrong_at timestamptz
);

-- Hashes only; each has 125 random bits.
CREATE TABLE recovery_codes (
    hash    bytea PRIMARY KEY,
    user_id uuid        NOT NULL REFERENCES users,
    used_at timestamptz
);
CREATE INDEX recovery_codes_of_user ON recovery_codes (user_id);

CREATE TABLE passkeys (
    id            uuid PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users,
    credential_id bytea       NOT NULL,
    name          text        NOT NULL,
    -- Public key, signature counter and flags, as the library keeps them. No secrets.
    credential    jsonb       NOT NULL,
    backed_up     boolean     NOT NULL,
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz,
    CONSTRAINT passkeys_credential_key UNIQUE (credential_id)
);
CREATE INDEX passkeys_of_user ON passkeys (user_id, created_at);

-- What a browser was asked to sign, until it comes back or its time is over.
CREATE TABLE ceremonies (
    -- As the browser gives it back.
    challenge  text PRIMARY KEY,
    -- Of the session that adds a passkey or proves itself; absent while nobody is known.
    session_id uuid        REFERENCES sessions ON DELETE CASCADE,
    state      jsonb       NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ceremonies_of_session ON ceremonies (session_id);
CREATE INDEX ceremonies_ended ON ceremonies (expires_at);
