//! The orders service on real Postgres and NATS, one module per use case.

mod place_order;
mod support;
