-- Which ban is in force by the copy of a user: what happens is counted for that one alone.
ALTER TABLE users ADD COLUMN ban_id uuid;

-- The ban in force is looked up by its own id.
DROP INDEX ban_effects_of_user;
