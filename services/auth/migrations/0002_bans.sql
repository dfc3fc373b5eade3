-- Bans, what was revoked on the bus, who has applied it, and the audit of admin acts.
CREATE TABLE bans (
    id              uuid PRIMARY KEY,
    user_id         uuid        NOT NULL REFERENCES users,
    generation      bigint      NOT NULL,
    reason          text        NOT NULL,
    until           timestamptz,
    tickets         text        NOT NULL CHECK (tickets IN ('keep', 'refuse')),
    created_at      timestamptz NOT NULL,
    created_by      uuid        NOT NULL REFERENCES users,
    created_by_name text        NOT NULL,
    -- When the bus acknowledged the revocation (T0).
    acknowledged_at timestamptz,
    lifted_at       timestamptz,
    lift_note       text
);
CREATE UNIQUE INDEX bans_in_force ON bans (user_id) WHERE lifted_at IS NULL;
CREATE INDEX bans_of_user ON bans (user_id, created_at DESC);
CREATE INDEX bans_timed ON bans (until) WHERE lifted_at IS NULL AND until IS NOT NULL;

-- The newest revocation of each user and session; written to the bus until it expires.
CREATE TABLE revocations (
    kind            text        NOT NULL CHECK (kind IN ('user', 'session')),
    subject_id      uuid        NOT NULL,
    generation      bigint      NOT NULL,
    reason_code     text        NOT NULL,
    actor           uuid,
    at              timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    -- The bus has it; absent while it is still to be written.
    acknowledged_at timestamptz,
    PRIMARY KEY (kind, subject_id)
);
CREATE INDEX revocations_live ON revocations (expires_at);
CREATE INDEX revocations_pending ON revocations (at) WHERE acknowledged_at IS NULL;

-- Which instance has applied a ban, on auth's clock; absent while pending.
CREATE TABLE ban_receipts (
    ban_id     uuid NOT NULL REFERENCES bans,
    service    text NOT NULL,
    instance   text NOT NULL,
    applied_at timestamptz,
    PRIMARY KEY (ban_id, service, instance)
);

CREATE TABLE audit (
    id           uuid PRIMARY KEY,
    at           timestamptz NOT NULL,
    actor        uuid,
    actor_name   text        NOT NULL,
    action       text        NOT NULL,
    subject      uuid        NOT NULL REFERENCES users,
    subject_name text        NOT NULL,
    note         text        NOT NULL
);

