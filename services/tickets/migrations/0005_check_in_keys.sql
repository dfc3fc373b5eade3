-- A scan that is repeated under its key, because the answer got lost, gets the answer of the first.

ALTER TABLE check_ins ADD COLUMN idempotency_key text;
