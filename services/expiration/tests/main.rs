//! The expiration service on real Postgres and NATS.
