-- The seats that were published last as not to be had: figures may stay while the seats behind them change.

ALTER TABLE stock ADD COLUMN taken_seats text[] NOT NULL DEFAULT '{}';

-- What was published so far did not say them.
INSERT INTO dirty_listings (listing_id) SELECT id FROM listings WHERE cardinality(seats) > 0;
