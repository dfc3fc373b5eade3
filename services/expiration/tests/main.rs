//! The expiration service on real Postgres and NATS.

#![expect(clippy::unwrap_used, reason = "where a test cannot go on, it fails")]

mod deadlines;
mod hostile_tokens;
mod housekeeping;
mod whoami;
