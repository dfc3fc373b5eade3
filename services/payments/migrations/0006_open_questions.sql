-- What somebody else has yet to say of a payment, and since when: the alarm goes by it.

ALTER TABLE payments
    ADD COLUMN open_question text CHECK (open_question IN ('authorize', 'answer', 'capture', 'void')),
    ADD COLUMN open_since timestamptz;

UPDATE payments
SET open_question = CASE
        WHEN status IN ('pending', 'requires_action', 'authorized') AND wish = 'void' THEN 'void'
        WHEN status = 'pending' THEN 'authorize'
        WHEN wish = 'capture' THEN 'capture'
        ELSE 'answer'
    END,
    open_since = coalesce(wished_at, created_at)
WHERE status IN ('pending', 'authorized') OR (status = 'requires_action' AND wish = 'void');

ALTER TABLE payments ADD CHECK ((open_question IS NULL) = (open_since IS NULL));

CREATE INDEX payments_open ON payments (open_since) WHERE open_since IS NOT NULL;
