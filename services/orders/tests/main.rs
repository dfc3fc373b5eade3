//! The orders service on real Postgres and NATS, one module per use case.

#![expect(clippy::unwrap_used, reason = "where a test cannot go on, it fails")]

mod bans;
mod cancel_order;
mod cancel_show;
mod change_listing;
mod expire;
mod list_show_orders;
mod live_order;
mod pay;
mod place_order;
mod redelivery;
mod rush;
mod support;
mod turmoil;
mod whoami;
