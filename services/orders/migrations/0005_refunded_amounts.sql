-- How much of an order's money went back, and which refunds that was, so that each counts once.

ALTER TABLE orders ADD COLUMN refunded bigint NOT NULL DEFAULT 0;

UPDATE orders SET refunded = total WHERE status = 'refunded';

ALTER TABLE orders ADD CHECK (refunded BETWEEN 0 AND total);
ALTER TABLE orders ADD CHECK (status <> 'refunded' OR refunded = total);

CREATE TABLE refunds (
    refund_id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    amount bigint NOT NULL
);
