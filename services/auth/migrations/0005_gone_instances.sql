-- Why no report of an instance is awaited any more; absent while one is.
ALTER TABLE ban_receipts ADD COLUMN gone text CHECK (gone IN ('no_lease', 'report_lost'));
CREATE INDEX ban_receipts_pending ON ban_receipts (ban_id) WHERE applied_at IS NULL AND gone IS NULL;
