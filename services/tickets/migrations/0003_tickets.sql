-- Orders whose outcome was heard, so that a refund which overtakes its completion is not forgotten.

CREATE TABLE order_outcomes (
    order_id uuid PRIMARY KEY,
    refunded boolean NOT NULL
);

-- Admissions, one per unit of a complete order. The code is derived from the id and a key, and not kept.

CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    show_id uuid NOT NULL REFERENCES shows,
    listing_id uuid NOT NULL REFERENCES listings,
    listing_name text NOT NULL,
    seat text,
    holder uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('valid', 'checked_in', 'void', 'listed')),
    face_amount bigint NOT NULL,
    -- What its first buyer paid: the cap of every later resale is reckoned from it.
    first_amount bigint NOT NULL,
    currency text NOT NULL,
    resale_listing_id uuid REFERENCES listings,
    checked_in_at timestamptz,
    issued_at timestamptz NOT NULL,
    version bigint NOT NULL,
    UNIQUE (order_id, unit_id),
    CHECK ((state = 'listed') <= (resale_listing_id IS NOT NULL)),
    CHECK ((state = 'checked_in') <= (checked_in_at IS NOT NULL))
);

CREATE INDEX tickets_of_holder ON tickets (holder);
CREATE INDEX tickets_of_show ON tickets (show_id);

ALTER TABLE listings ADD FOREIGN KEY (resale_of) REFERENCES tickets;

-- Every scan of a genuine code at the door: who was let in, who was not, and by whom.

CREATE TABLE check_ins (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    show_id uuid NOT NULL REFERENCES shows,
    scanned_by uuid NOT NULL,
    outcome text NOT NULL,
    scanned_at timestamptz NOT NULL
);

CREATE INDEX check_ins_of_ticket ON check_ins (ticket_id);
CREATE UNIQUE INDEX check_ins_admit_once ON check_ins (ticket_id) WHERE outcome = 'admitted';
