-- What orders knows of other services' data: full state by version, filled by their events.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    banned boolean NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE shows (
    id uuid PRIMARY KEY,
    organiser uuid NOT NULL,
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    doors_at timestamptz NOT NULL,
    venue jsonb NOT NULL,
    status text NOT NULL,
    hold_seconds integer NOT NULL CHECK (hold_seconds > 0),
    version bigint NOT NULL
);

CREATE TABLE listings (
    id uuid PRIMARY KEY,
    show_id uuid NOT NULL,
    seller uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    price bigint NOT NULL CHECK (price >= 0),
    fee bigint NOT NULL CHECK (fee BETWEEN 0 AND price),
    currency text NOT NULL,
    quantity integer NOT NULL CHECK (quantity >= 0),
    seats text[] NOT NULL,
    max_per_order integer NOT NULL,
    sale_starts_at timestamptz,
    sale_ends_at timestamptz,
    status text NOT NULL,
    resale_of uuid,
    version bigint NOT NULL,
    -- Ours, not copied. How many units shall be withdrawn as soon as they become free.
    excess integer NOT NULL DEFAULT 0 CHECK (excess >= 0),
    -- Ours, not copied. When `orders.listing.withdrawn` was published.
    withdrawn_at timestamptz
);

CREATE INDEX listings_show ON listings (show_id);
