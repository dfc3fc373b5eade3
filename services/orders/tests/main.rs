//! The orders service on real Postgres and NATS, one module per use case.

#![expect(clippy::unwrap_used, reason = "where a test cannot go on, it fails")]

mod bans;
mod cancel_order;
mod cancel_show;
mod change_listing;
mod expire;
mod extend_hold;
mod hostile_tokens;
mod list_show_orders;
mod list_user_orders;
mod live_order;
mod not_yet_known;
mod pay;
mod place_order;
mod redelivery;
mod refund;
mod resale;
mod rush;
mod seats;
mod support;
mod turmoil;
mod whoami;
