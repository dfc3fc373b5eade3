-- A letter that waits for something is looked at when that may have come, and ever more seldom otherwise.

ALTER TABLE letters
    ADD COLUMN look_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN looks integer NOT NULL DEFAULT 0,
    DROP COLUMN put_off_until;

CREATE INDEX letters_to_look_at ON letters (look_at) WHERE written_at IS NULL;
-- Whoever learns of a user, a show or a ticket finds the letters that wait for it.
CREATE INDEX letters_waiting_recipient ON letters (recipient) WHERE written_at IS NULL;
CREATE INDEX letters_waiting_show ON letters (show_id) WHERE written_at IS NULL;
CREATE INDEX letters_waiting_order ON letters (order_id) WHERE written_at IS NULL;
