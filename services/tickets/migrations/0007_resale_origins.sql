-- Where the ticket came from that a listing resells: its order and its unit, for orders, which owns them.

ALTER TABLE listings ADD COLUMN resale_order uuid, ADD COLUMN resale_unit uuid;

UPDATE listings SET resale_order = tickets.order_id, resale_unit = tickets.unit_id
FROM tickets WHERE tickets.id = listings.resale_of;
