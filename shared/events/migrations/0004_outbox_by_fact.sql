-- Published rows are dropped by the time of their fact: publishing them again does not keep them longer.

DROP INDEX outbox_published;
CREATE INDEX outbox_published ON outbox (occurred_at) WHERE published_at IS NOT NULL;
