-- The day of a show's start by the clock of its venue. Kept, since this database may not know every time zone
-- that the service knows.

ALTER TABLE shows ADD COLUMN starts_on date;

WITH known AS MATERIALIZED (SELECT name FROM pg_timezone_names)
UPDATE shows SET starts_on = (starts_at AT TIME ZONE
    CASE WHEN venue_timezone IN (SELECT name FROM known) THEN venue_timezone ELSE 'UTC' END
)::date;

ALTER TABLE shows ALTER COLUMN starts_on SET NOT NULL;
