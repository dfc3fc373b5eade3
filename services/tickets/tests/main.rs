//! The tickets service on real Postgres and NATS, one module per use case.

#![expect(clippy::unwrap_used, reason = "where a test cannot go on, it fails")]

mod bans;
mod cancel_show;
mod check_in;
mod create_listing;
mod create_show;
mod get_availability;
mod get_ticket;
mod hostile_tokens;
mod identities;
mod issue_tickets;
mod list_shows;
mod list_tickets;
mod list_user_listings;
mod publish_show;
mod redelivery;
mod resale;
mod support;
mod update_listing;
mod update_show;
mod withdraw_listing;
