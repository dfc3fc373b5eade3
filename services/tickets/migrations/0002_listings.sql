-- Offers of tickets for a show by one seller. They are described here and sold in orders.

CREATE TABLE listings (
    id uuid PRIMARY KEY,
    show_id uuid NOT NULL REFERENCES shows,
    seller uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('primary', 'resale')),
    name text NOT NULL,
    -- What a buyer pays, fee included; the seller gets the difference.
    price_amount bigint NOT NULL CHECK (price_amount >= 0),
    fee_amount bigint NOT NULL CHECK (fee_amount BETWEEN 0 AND price_amount),
    currency text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    seats text[] NOT NULL,
    max_per_order integer NOT NULL CHECK (max_per_order > 0),
    sale_starts_at timestamptz,
    sale_ends_at timestamptz,
    -- Why it is not on sale: each reason comes and goes by itself, the last one for good.
    hidden_by_seller boolean NOT NULL DEFAULT false,
    hidden_by_ban boolean NOT NULL DEFAULT false,
    withdrawn boolean NOT NULL DEFAULT false,
    status text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN withdrawn THEN 'withdrawn' WHEN hidden_by_seller OR hidden_by_ban THEN 'hidden' ELSE 'on_sale' END
    ) STORED,
    -- Do the other services know it? Facts of drafts stay at home.
    announced boolean NOT NULL,
    resale_of uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    version bigint NOT NULL,
    CHECK ((kind = 'resale') = (resale_of IS NOT NULL))
);

CREATE INDEX listings_of_show ON listings (show_id);
CREATE INDEX listings_of_seller ON listings (seller) WHERE NOT withdrawn;
-- A ticket is offered once at a time.
CREATE UNIQUE INDEX listings_live_resale ON listings (resale_of) WHERE NOT withdrawn;
