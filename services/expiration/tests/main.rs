//! The expiration service on real Postgres and NATS.

mod deadlines;
mod whoami;
