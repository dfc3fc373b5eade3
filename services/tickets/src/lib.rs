//! Shows, listings, issued tickets and check-ins.
//!
//! Owns what is on offer and what was issued: shows from draft to published or cancelled, their listings,
//! the tickets of complete orders, and who was let in at the door. What is *sold* is decided in orders: a
//! listing is described here, its units live there, and its figures come back as a copy.
//!
//! | endpoint | file |
//! | --- | --- |
//! | `GET /api/shows`, `GET /api/shows/facets`, `GET /api/shows/{id}` | `list_shows`, `get_facets`, `get_show` |
//! | `POST /api/shows`, `PATCH /api/shows/{id}`, `POST …/publish`, `POST …/cancel` | `create_show`, `update_show`, `publish_show`, `cancel_show` |
//! | `GET /api/shows/{id}/availability` (JSON or SSE) | `get_availability` |
//! | `POST /api/shows/{id}/listings`, `PATCH` and `DELETE /api/listings/{id}` | `create_listing`, `update_listing`, `withdraw_listing` |
//! | `GET /api/tickets`, `GET /api/tickets/{id}`, `…/qr.svg`, `…/calendar.ics` | `list_tickets`, `get_ticket`, `get_ticket_qr`, `get_ticket_calendar` |
//! | `POST` and `DELETE /api/tickets/{id}/resale` | `list_for_resale`, `withdraw_resale` |
//! | `POST /api/shows/{id}/check-ins` | `check_in` |
//! | `GET /api/tickets/admin/listings` | `list_user_listings` |
//! | `GET /api/tickets/whoami` | `whoami` |
//!
//! Facts out: `tickets.show_*`, `tickets.listing_*`, `tickets.ticket_*`, `tickets.ban_applied`; facts of drafts stay at
//! home.
//! Facts in: users and stock (copies); bans, orders and withdrawals (effects).
//!
//! Rows are locked in one order everywhere: user, show, ticket, listing. To add an endpoint: a file in
//! `http/` named like its operation, one line in `http.rs`, a test module of the same name.

mod availability;
mod calendar;
mod code;
mod config;
mod consumers;
mod cursor;
mod denied;
mod error;
mod http;
mod jobs;
mod listing;
mod show;
mod state;
mod store;
mod ticket;

use crate::{availability::Watched, code::Codes, config::Config, state::Tickets};
use auth::Authority;
use events::Backbone;
use serde_json::json;
use service::{App, Clock, Env, Lifecycle};
use std::sync::Arc;

/// Starts the service: database, bus, consumers, jobs, routes.
pub async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    let config = Config::from_env(env)?;
    let pool = service::db::open(&config.database_url, &sqlx::migrate!()).await?;
    let backbone = Backbone::connect("tickets", &config.nats_url, pool.clone()).await?;
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    let state = Tickets {
        pool: pool.clone(),
        authority: authority.clone(),
        backbone: backbone.clone(),
        clock: Clock::system(),
        rules: config.rules,
        codes: Codes::new(&config.ticket_code_key),
        watched: Watched::new(config.streams_max),
        lifecycle: lifecycle.clone(),
    };
    let consumers = consumers::all(&state);
    backbone.check(&consumers)?;
    lifecycle.spawn("relay", backbone.clone().relay(lifecycle.stop.clone()));
    lifecycle.spawn("consumers", backbone.consume(consumers, lifecycle.stop.clone()));
    lifecycle.spawn("availability", availability::follow(state.clone()));
    lifecycle.spawn("idempotency", jobs::forget_old_keys(state.clone()));
    let (routes, openapi) = http::routes(state);
    let details = move || json!({ "lease_ms": authority.lease_left().map(|left| left.as_millis()) });
    Ok(App { name: "tickets", routes, openapi, pool: Some(pool), details: Some(Arc::new(details)) })
}
