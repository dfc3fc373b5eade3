-- Finding somebody among very many people: by any part of name or address, and in three orders.

-- The provisioner has made it where it could. It is a trusted extension, so the owner of the database may make it too.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Is there a ban in force? Kept here too, so that an index can be about it.
ALTER TABLE users ADD COLUMN banned boolean NOT NULL DEFAULT false;
UPDATE users SET banned = true FROM bans WHERE bans.user_id = users.id AND bans.lifted_at IS NULL;

CREATE INDEX users_by_words ON users USING gin ((lower(name) || E'\n' || email) gin_trgm_ops);
CREATE INDEX users_by_registration ON users (created_at, id);
CREATE INDEX users_by_name ON users (lower(name), id);
-- Whoever was never seen comes last.
CREATE INDEX users_by_last_seen ON users ((COALESCE(last_seen_at, '-infinity')), id);
CREATE INDEX users_banned ON users (created_at, id) WHERE banned;
