-- One row per sellable place, and the orders that hold or have bought them.

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    buyer uuid NOT NULL,
    show_id uuid NOT NULL,
    status text NOT NULL
        CHECK (status IN ('awaiting_payment', 'confirming', 'complete', 'cancelled', 'refunded')),
    cancel_reason text,
    total bigint NOT NULL CHECK (total >= 0),
    fee bigint NOT NULL CHECK (fee BETWEEN 0 AND total),
    currency text NOT NULL,
    items jsonb NOT NULL,
    hold_seconds integer NOT NULL,
    expires_at timestamptz NOT NULL,
    payment uuid,
    refund_requested boolean NOT NULL DEFAULT false,
    placed_at timestamptz NOT NULL,
    version bigint NOT NULL,
    idempotency_key text NOT NULL,
    request jsonb NOT NULL,
    CONSTRAINT orders_key UNIQUE (buyer, idempotency_key),
    CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL)),
    CHECK (status <> 'confirming' OR payment IS NOT NULL),
    CHECK (status <> 'complete' OR payment IS NOT NULL OR total = 0)
);

-- One live hold per buyer and show.
CREATE UNIQUE INDEX orders_one_hold ON orders (buyer, show_id) WHERE status = 'awaiting_payment';
CREATE INDEX orders_expiry ON orders (expires_at) WHERE status = 'awaiting_payment';
CREATE INDEX orders_buyer ON orders (buyer, id);
CREATE INDEX orders_show ON orders (show_id, id);

CREATE TABLE units (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    listing_id uuid NOT NULL REFERENCES listings,
    seat text,
    state text NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'held', 'committed', 'sold', 'withdrawn')),
    order_id uuid,
    CHECK ((state IN ('held', 'committed', 'sold')) = (order_id IS NOT NULL))
);

CREATE UNIQUE INDEX units_seat ON units (listing_id, seat) WHERE seat IS NOT NULL AND state <> 'withdrawn';
CREATE INDEX units_free ON units (listing_id, id) WHERE state = 'free';
CREATE INDEX units_listing ON units (listing_id) WHERE state <> 'withdrawn';
CREATE INDEX units_order ON units (order_id) WHERE order_id IS NOT NULL;

-- Which unit is or was in which order. `live` ends with the order's claim: a second live order with the same
-- unit is refused here, whatever the code above it believes (ASVS 2.3.4).
CREATE TABLE order_units (
    order_id uuid NOT NULL REFERENCES orders,
    unit_id uuid NOT NULL REFERENCES units,
    live boolean NOT NULL DEFAULT true,
    PRIMARY KEY (order_id, unit_id)
);

CREATE UNIQUE INDEX order_units_one_live ON order_units (unit_id) WHERE live;

-- The one answer that each payment got, so that it never gets a second one.
CREATE TABLE payment_answers (
    payment_id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    answer text NOT NULL CHECK (answer IN ('confirming', 'refused', 'failed')),
    answered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The figures that were published last.
CREATE TABLE stock (
    listing_id uuid PRIMARY KEY REFERENCES listings,
    total integer NOT NULL DEFAULT 0,
    held integer NOT NULL DEFAULT 0,
    sold integer NOT NULL DEFAULT 0,
    free integer NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT '-infinity'
);

-- Listings whose figures may have changed; only ever added to and emptied, so that buyers do not queue for a row.
CREATE TABLE dirty_listings (
    listing_id uuid NOT NULL
);

CREATE INDEX dirty_listings_listing ON dirty_listings (listing_id);

-- Cancelled shows whose orders are still to be cancelled or refunded.
CREATE TABLE cancelled_shows (
    show_id uuid PRIMARY KEY,
    cancelled_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
