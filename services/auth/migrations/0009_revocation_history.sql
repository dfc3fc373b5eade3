-- Every revocation gets a place in one history, so that a reader can ask for what came after a place that it knows.
-- A sequence would not do: numbers are drawn before commits, and a reader who has seen 8 could miss a 7 that commits
-- later. Here the number is drawn inside the commit, under a lock that lasts until the commit is visible.
CREATE TABLE revocation_history (
    -- One row.
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    -- Tells this history from that of any other database. Set a new one after a restore from a backup.
    id     uuid   NOT NULL DEFAULT gen_random_uuid(),
    -- The newest place.
    cursor bigint NOT NULL DEFAULT 0
);
INSERT INTO revocation_history DEFAULT VALUES;

-- Absent until the commit.
ALTER TABLE revocations ADD COLUMN cursor bigint UNIQUE;
UPDATE revocations SET cursor = placed.place
FROM (SELECT kind, subject_id, row_number() OVER (ORDER BY at) AS place FROM revocations) placed
WHERE revocations.kind = placed.kind AND revocations.subject_id = placed.subject_id;
UPDATE revocation_history SET cursor = (SELECT count(*) FROM revocations);

CREATE FUNCTION place_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
BEGIN
    UPDATE revocation_history SET cursor = cursor + 1 RETURNING cursor INTO STRICT place;
    UPDATE revocations SET cursor = place WHERE kind = NEW.kind AND subject_id = NEW.subject_id;
    RETURN NULL;
END
$$;

-- Deferred: a process that stops in the middle of its transaction must not hold the lock that every ban needs.
-- Setting the place, or noting an acknowledgement, is no news.
CREATE CONSTRAINT TRIGGER revocations_placed
AFTER INSERT OR UPDATE OF generation, reason_code, actor, at, expires_at ON revocations
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION place_revocation();

-- When an instance last asked auth itself: a sign of life that the bus does not carry.
CREATE TABLE pulls (
    service  text        NOT NULL,
    instance text        NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (service, instance)
);
CREATE INDEX pulls_at ON pulls (at);
