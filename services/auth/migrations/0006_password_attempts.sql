-- How often a password was tried lately; a subject is the hash of whom it was tried for.
CREATE TABLE password_attempts (
    subject  bytea PRIMARY KEY,
    attempts integer     NOT NULL,
    begun_at timestamptz NOT NULL
);
CREATE INDEX password_attempts_begun ON password_attempts (begun_at);
