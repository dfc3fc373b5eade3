-- Letters about an account are about no order and no show; each is told once per version of the account.

ALTER TABLE letters
    ALTER COLUMN order_id DROP NOT NULL,
    ALTER COLUMN show_id DROP NOT NULL,
    ADD COLUMN account_version bigint,
    ADD CHECK ((order_id IS NULL) = (account_version IS NOT NULL)),
    ADD CHECK ((order_id IS NULL) = (show_id IS NULL)),
    ADD CONSTRAINT letters_account UNIQUE (recipient, kind, account_version);

ALTER TABLE mails ALTER COLUMN order_id DROP NOT NULL;
