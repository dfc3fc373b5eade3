//! Expiration: deadlines that fall due.
//!
//! It owns one timer per order that awaits payment, in its own database, so that timers survive restarts and
//! need nothing else. It says when a deadline was reached, once per timer; orders decides what that means.
//!
//! | in | does |
//! | --- | --- |
//! | `orders.order`, all facts | sets the timer of an order that awaits payment, removes any other |
//! | `GET /api/expiration/whoami` | who the token says the caller is |
//!
//! | out | when |
//! | --- | --- |
//! | `expiration.timer.deadline_reached` | the time is over |
//!
//! To add another kind of deadline: a column that says what it is for, and a fact of its own.

mod config;
mod consumers;
mod drain;
mod housekeeping;
mod http;
mod timers;

use crate::{config::Config, http::Expiration};
use auth::Authority;
use events::Backbone;
use serde_json::json;
use service::{App, Env, Lifecycle};
use std::sync::Arc;

/// Starts the service.
pub async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    let config = Config::from_env(env)?;
    let pool = service::db::open(&config.database_url, &sqlx::migrate!()).await?;
    let backbone = Backbone::connect("expiration", &config.nats_url, pool.clone()).await?;
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    let consumers = consumers::all();
    backbone.check(&consumers)?;
    lifecycle.spawn("relay", backbone.clone().relay(lifecycle.stop.clone()));
    lifecycle.spawn("consumers", backbone.clone().consume(consumers, lifecycle.stop.clone()));
    lifecycle.spawn("drain", drain::run(pool.clone(), backbone, lifecycle.stop.clone()));
    lifecycle.spawn("housekeeping", housekeeping::run(pool.clone(), lifecycle.stop.clone()));
    let (routes, openapi) = http::router(Expiration { authority: authority.clone() }).split_for_parts();
    let lease = move || json!({ "lease_ms": authority.lease_left().map(|left| left.as_millis()) });
    Ok(App { name: "expiration", routes, openapi, pool: Some(pool), details: Some(Arc::new(lease)) })
}
