//! The notifications service on real Postgres and NATS.

#![expect(clippy::unwrap_used, reason = "where a test cannot go on, it fails")]

mod bans;
mod dev_mail;
mod hostile_tokens;
mod notices;
mod order_confirmed;
mod order_ended;
mod sink;
mod smtp;
mod support;
mod whoami;
