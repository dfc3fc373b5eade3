-- Which seats of a seated listing cannot be had now, as orders says with its figures.

ALTER TABLE stock ADD COLUMN taken_seats text[] NOT NULL DEFAULT '{}';
