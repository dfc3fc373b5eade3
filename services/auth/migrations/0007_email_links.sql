-- Addresses are confirmed by links in mail; passwords are reset by them.

ALTER TABLE users ADD COLUMN email_confirmed_at timestamptz;

-- Only the hash of what the mail carries. The secret is derived from the id of the notice that carries it, which is
-- therefore not kept here: whoever reads this table cannot make links of it.
CREATE TABLE email_links (
    hash       bytea PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users,
    purpose    text        NOT NULL CHECK (purpose IN ('reset_password', 'confirm_email', 'change_email', 'not_me')),
    -- The address that it was sent to, and that its use proves.
    email      text        NOT NULL,
    -- The session that somebody may disown.
    session_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- Used, or made void by something else.
    ended_at   timestamptz,
    CHECK ((purpose = 'not_me') = (session_id IS NOT NULL))
);
CREATE INDEX email_links_live ON email_links (user_id) WHERE ended_at IS NULL;
CREATE INDEX email_links_expired ON email_links (expires_at);

-- Who asked for a new password, whether they have an account or not. A job answers by mail, so that the answer on the
-- web and its time are the same for everybody.
CREATE TABLE password_requests (
    email        text PRIMARY KEY,
    requested_at timestamptz NOT NULL
);
CREATE INDEX password_requests_oldest ON password_requests (requested_at);

-- Counts end by themselves, each kind after its own time; who exhausts one after another waits longer each time.
ALTER TABLE password_attempts
    ADD COLUMN ends_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN rounds  integer     NOT NULL DEFAULT 0;
ALTER TABLE password_attempts ALTER COLUMN ends_at DROP DEFAULT;
DROP INDEX password_attempts_begun;
CREATE INDEX password_attempts_ended ON password_attempts (ends_at);

-- Browsers in which somebody has signed in before, by the hash of the cookie that they keep.
CREATE TABLE known_browsers (
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    hash       bytea       NOT NULL,
    -- The session that made it known: who disowns the one disowns the other.
    session_id uuid        NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (user_id, hash)
);
CREATE INDEX known_browsers_hash ON known_browsers (hash);
CREATE INDEX known_browsers_seen ON known_browsers (seen_at);
