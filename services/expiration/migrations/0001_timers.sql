-- The deadline of each order that awaits payment. A row without `due_at` says that there is none any more, so
-- that a late fact does not bring one back.

CREATE TABLE timers (
    order_id uuid PRIMARY KEY,
    due_at timestamptz,
    -- Version of the order that set or removed it.
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX timers_due ON timers (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX timers_done ON timers (changed_at) WHERE due_at IS NULL;
