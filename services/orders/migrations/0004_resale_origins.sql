-- Which unit of which order a resale listing stands for: whoever buys it takes the place of that unit.

ALTER TABLE listings ADD COLUMN resale_order uuid, ADD COLUMN resale_unit uuid;

CREATE INDEX listings_resale_unit ON listings (resale_unit) WHERE resale_unit IS NOT NULL;

-- Units of refunded orders that were resold before: they stay taken, until whoever has the place lets it go.
CREATE TABLE resold_units (
    unit_id uuid PRIMARY KEY REFERENCES units
);
