-- Sessions that were ended are looked for when old rows are deleted.
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
