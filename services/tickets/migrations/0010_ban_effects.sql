-- What each ban did here, as auth is told.
CREATE TABLE ban_effects (
    ban_id           uuid PRIMARY KEY,
    listings_hidden  integer NOT NULL DEFAULT 0,
    offers_withdrawn integer NOT NULL DEFAULT 0,
    tickets_refused  integer NOT NULL DEFAULT 0,
    version          bigint  NOT NULL DEFAULT 1
);
