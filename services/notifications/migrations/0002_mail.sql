-- Letters that shall be written, and mail that was.

-- The buyer of an order shall be told of something, as soon as all that the letter needs is known here.
CREATE TABLE letters (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    recipient uuid NOT NULL,
    show_id uuid NOT NULL,
    -- How many tickets the letter waits for.
    tickets integer NOT NULL DEFAULT 0,
    -- The order as it was when the letter was asked for.
    details jsonb NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When its mail was written, or was found to be pointless.
    written_at timestamptz,
    -- It could not be written, and is tried again then.
    put_off_until timestamptz,
    -- A message that comes again asks for nothing new.
    UNIQUE (order_id, kind)
);

CREATE INDEX letters_waiting ON letters (asked_at) WHERE written_at IS NULL;

CREATE TABLE mails (
    -- The letter's.
    id uuid PRIMARY KEY REFERENCES letters,
    recipient uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    address text NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    html text NOT NULL,
    plain text NOT NULL,
    state text NOT NULL CHECK (state IN ('stored', 'queued', 'sent', 'failed')),
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (order_id, kind),
    CHECK ((state = 'queued') = (next_try_at IS NOT NULL))
);

CREATE INDEX mails_due ON mails (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX mails_newest ON mails (created_at DESC, id DESC);
CREATE INDEX mails_address ON mails (lower(address), created_at DESC, id DESC);

-- Pictures that the HTML of a mail shows by `cid:<name>`.
CREATE TABLE mail_images (
    mail_id uuid NOT NULL REFERENCES mails,
    name text NOT NULL,
    png bytea NOT NULL,
    PRIMARY KEY (mail_id, name)
);
