-- A provider may refuse a refund for good.

ALTER TABLE refunds DROP CONSTRAINT refunds_status_check;
ALTER TABLE refunds
    ADD CONSTRAINT refunds_status_check CHECK (status IN ('pending', 'issued', 'failed')),
    -- Why the provider refused, in its words.
    ADD COLUMN refusal text;
