-- Copies of others: who people are, and how the stock of listings stands.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    banned boolean NOT NULL,
    -- Are the tickets that a banned person holds refused at the door?
    tickets_refused boolean NOT NULL,
    version bigint NOT NULL,
    -- The version whose ban, or whose end of it, the listings were last hidden or restored for.
    ban_applied bigint NOT NULL DEFAULT 0
);

CREATE TABLE stock (
    listing_id uuid PRIMARY KEY,
    show_id uuid NOT NULL,
    total integer NOT NULL,
    held integer NOT NULL,
    sold integer NOT NULL,
    free integer NOT NULL,
    version bigint NOT NULL
);

-- What people attend.

CREATE TABLE shows (
    id uuid PRIMARY KEY,
    organiser uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    category text NOT NULL,
    starts_at timestamptz NOT NULL,
    doors_at timestamptz NOT NULL,
    refund_until timestamptz NOT NULL,
    venue_name text NOT NULL,
    venue_address text NOT NULL,
    venue_city text NOT NULL,
    venue_country text NOT NULL,
    venue_timezone text NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'published', 'cancelled')),
    hold_seconds integer NOT NULL CHECK (hold_seconds BETWEEN 1 AND 3600),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- A show that was cancelled as a draft has none: nobody else ever saw it.
    published_at timestamptz,
    version bigint NOT NULL,
    -- Words without punctuation, so that dots do not make host names of them.
    search tsvector NOT NULL GENERATED ALWAYS AS (
        to_tsvector(
            'simple'::regconfig,
            regexp_replace(title || ' ' || venue_name || ' ' || venue_city, '[^[:alnum:]]+', ' ', 'g')
        )
    ) STORED
);

CREATE INDEX shows_upcoming ON shows (starts_at, id) WHERE status = 'published';
CREATE INDEX shows_by_city ON shows (lower(venue_city), starts_at, id) WHERE status = 'published';
CREATE INDEX shows_by_category ON shows (category, starts_at, id) WHERE status = 'published';
CREATE INDEX shows_by_organiser ON shows (organiser, starts_at, id);
CREATE INDEX shows_search ON shows USING gin (search);
