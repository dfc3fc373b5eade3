-- Finds the orders that resell tickets of another one, which their items name.

CREATE INDEX orders_resale ON orders USING gin (items jsonb_path_ops);
