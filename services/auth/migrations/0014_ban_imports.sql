-- Lists of people to ban: read and shown first, done once an admin has confirmed them.
CREATE TABLE ban_imports (
    id                uuid PRIMARY KEY,
    created_at        timestamptz NOT NULL,
    created_by        uuid        NOT NULL REFERENCES users,
    created_by_name   text        NOT NULL,
    idempotency_key   text        NOT NULL,
    -- SHA-256 of the list: a key stands for one list.
    content           bytea       NOT NULL,
    state             text        NOT NULL CHECK (state IN ('draft', 'running', 'done', 'stopped')),
    confirmed_at      timestamptz,
    confirmed_by      uuid REFERENCES users,
    finished_at       timestamptz,
    UNIQUE (created_by, idempotency_key),
    CHECK ((state = 'draft') = (confirmed_at IS NULL)),
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL))
);
CREATE INDEX ban_imports_running ON ban_imports (confirmed_at) WHERE state = 'running';
CREATE INDEX ban_imports_by_age ON ban_imports (created_at);

CREATE TABLE ban_import_lines (
    import_id uuid    NOT NULL REFERENCES ban_imports ON DELETE CASCADE,
    -- Its number in the list, the first being 1.
    line      integer NOT NULL,
    -- Whom it names, as it was written.
    named     text    NOT NULL,
    user_id   uuid REFERENCES users,
    reason    text    NOT NULL,
    until     timestamptz,
    tickets   text    NOT NULL CHECK (tickets IN ('keep', 'refuse')),
    -- Why nothing is done, or was done.
    problem   text,
    -- The ban that came of it.
    ban_id    uuid REFERENCES bans,
    PRIMARY KEY (import_id, line),
    CHECK (problem IS NULL OR ban_id IS NULL)
);
-- What is still to be done.
CREATE INDEX ban_import_lines_open ON ban_import_lines (import_id, line) WHERE problem IS NULL AND ban_id IS NULL;
