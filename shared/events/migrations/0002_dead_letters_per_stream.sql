-- A place in the stream is used again when the stream is created anew: what identifies a message is its place and
-- when the server stored it.

ALTER TABLE dead_letters ADD COLUMN stored_at timestamptz;
UPDATE dead_letters SET stored_at = parked_at;
ALTER TABLE dead_letters ALTER COLUMN stored_at SET NOT NULL;
ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_consumer_stream_seq_key;
ALTER TABLE dead_letters ADD UNIQUE (consumer, stream_seq, stored_at);
