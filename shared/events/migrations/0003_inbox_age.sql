-- What was handled longer ago than the stream keeps messages cannot come again, and is deleted by age.

CREATE INDEX inbox_handled ON inbox (handled_at);
