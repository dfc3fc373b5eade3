//! Orders: units of stock, holds and orders.
//!
//! It owns the answer "yes, these are yours": units (one row per place), the orders that hold or have bought
//! them, and nothing else. Listings, shows and users are copies. Units go `free → held → committed → sold`, or
//! `withdrawn`; an order goes `awaiting_payment → confirming → complete`, or `cancelled`, later `refunded`.
//!
//! | endpoint | does |
//! | --- | --- |
//! | `POST /api/orders` | holds units, all or nothing |
//! | `GET /api/orders`, `GET /api/orders/{id}` | own orders; one also as a live stream |
//! | `DELETE /api/orders/{id}` | lets the units of an unpaid order go |
//! | `GET /api/shows/{id}/orders` | who bought, for organiser and sellers |
//! | `GET /api/orders/admin/orders` | somebody's orders, for admins |
//! | `GET /api/orders/whoami` | who the token says the caller is |
//!
//! | consumer | takes | does |
//! | --- | --- | --- |
//! | `users`, `shows` | all facts | copies |
//! | `listings` | all facts | copies, makes and withdraws units |
//! | `bans` | banned | releases holds, and says how many |
//! | `cancellations` | show cancelled | stops the sale; a job cancels and refunds |
//! | `deadlines` | deadline reached | cancels an expired order |
//! | `payments` | authorized, captured, failed | answers, completes, cancels |
//! | `refunds` | issued | counts a part; with all of it refunds the order and lets its units go, resold ones aside |
//!
//! It publishes facts about orders (`orders.order`), figures (`orders.stock`), granted withdrawals (`orders.listing`) and
//! what bans did here (`orders.ban`). To add a use case: a file in `http`, a transition in `order`, a test of the same name.

mod config;
mod consumers;
mod error;
mod hold;
mod http;
mod jobs;
mod order;
mod state;
mod store;
mod view;

use crate::{config::Config, http::watch::Watches, state::Orders};
use auth::Authority;
use events::Backbone;
use serde_json::json;
use service::{App, Env, Lifecycle};
use std::sync::Arc;

/// Starts the service.
pub async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    let config = Config::from_env(env)?;
    let pool = service::db::open(&config.database_url, &sqlx::migrate!()).await?;
    let backbone = Backbone::connect("orders", &config.nats_url, pool.clone()).await?;
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    let consumers = consumers::all();
    backbone.check(&consumers)?;
    let state = Orders {
        pool: pool.clone(),
        backbone: backbone.clone(),
        authority: authority.clone(),
        watches: Watches::default(),
        stop: lifecycle.stop.clone(),
    };
    lifecycle.spawn("relay", backbone.clone().relay(lifecycle.stop.clone()));
    lifecycle.spawn("consumers", backbone.consume(consumers, lifecycle.stop.clone()));
    lifecycle.spawn("watches", state.watches.clone().run(pool.clone(), lifecycle.stop.clone()));
    jobs::start(&state, lifecycle);
    let (routes, openapi) = http::router(state).split_for_parts();
    let lease = move || json!({ "lease_ms": authority.lease_left().map(|left| left.as_millis()) });
    Ok(App { name: "orders", routes, openapi, pool: Some(pool), details: Some(Arc::new(lease)) })
}
