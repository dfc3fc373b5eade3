//! The orders service on real Postgres and NATS, one module per use case.

mod pay;
mod place_order;
mod rush;
mod support;
