-- A buyer's declined attempts of the last hour are counted before each new one; refunds that nobody but the system
-- asked for and that the provider refused are looked at by the alarm.

CREATE INDEX payments_declined ON payments (buyer, created_at) WHERE status = 'declined';
CREATE INDEX refunds_refused ON refunds (payment_id, created_at) WHERE status = 'failed' AND requested_by IS NULL;
