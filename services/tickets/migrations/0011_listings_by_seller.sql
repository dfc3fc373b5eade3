-- Everything that somebody has ever offered, for admins.
CREATE INDEX listings_by_seller ON listings (seller, id);
