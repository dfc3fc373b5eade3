-- Why a ticket is void.

ALTER TABLE tickets ADD COLUMN void_reason text
    CHECK (void_reason IN ('refunded', 'resold', 'show_cancelled', 'not_transferable'));

UPDATE tickets t SET void_reason = CASE
    WHEN EXISTS (
        SELECT FROM tickets later JOIN listings l ON l.id = later.listing_id WHERE l.resale_of = t.id
    ) THEN 'resold'
    WHEN EXISTS (SELECT FROM shows s WHERE s.id = t.show_id AND s.status = 'cancelled') THEN 'show_cancelled'
    WHEN EXISTS (SELECT FROM order_outcomes o WHERE o.order_id = t.order_id AND o.refunded) THEN 'refunded'
END
WHERE state = 'void';

-- Kept since the reason is; what an instance from before voids has none.
ALTER TABLE tickets ADD CHECK (void_reason IS NULL OR state = 'void');
