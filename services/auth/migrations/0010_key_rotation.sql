-- A key that signs no more loses its secret half; its name and its end are kept for a while, so that everybody hears
-- of them.
ALTER TABLE signing_keys ALTER COLUMN seed DROP NOT NULL;
-- An act of an operator may concern nobody: a rotation of keys.
ALTER TABLE audit ALTER COLUMN subject DROP NOT NULL;
