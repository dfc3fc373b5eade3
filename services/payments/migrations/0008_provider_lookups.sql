-- Payments are found by the provider's name of their charge; processed events are found to be forgotten.

CREATE UNIQUE INDEX payments_reference ON payments (provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX provider_events_processed ON provider_events (processed_at) WHERE processed_at IS NOT NULL;
