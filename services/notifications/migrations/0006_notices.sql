-- Letters that auth asks for are about no order and no version of an account: the id of the notice is the letter's.

ALTER TABLE letters
    DROP CONSTRAINT letters_check,
    ADD CONSTRAINT letters_about CHECK (order_id IS NULL OR account_version IS NULL);
