//! Payments: authorisations, captures, voids, refunds and the ledger.
//!
//! It owns attempts to pay, money on its way back, the ledger, and what the provider told unasked. Orders and
//! users are copies. An attempt goes `pending → authorized → captured`, by way of `requires_action` where the
//! buyer's bank asks for a challenge; or ends `declined`, `voided` or `failed`; captured money may be `refunded`.
//!
//! The provider is only ever called outside transactions, with a timeout, and with an idempotency key that was
//! committed before. What a call that was not answered has done is asked for, never guessed: a worker asks until
//! the answer is definite. So a process may die at any point: what it left open is due for the next one.
//!
//! | endpoint | does |
//! | --- | --- |
//! | `POST /api/payments` | reserves the money for an order |
//! | `GET /api/payments?order_id=`, `GET /api/payments/{id}` | own attempts |
//! | `POST /api/payments/{id}/confirm` | after a challenge |
//! | `POST /api/payments/{id}/refunds` | the seller or an admin sends money back |
//! | `POST /api/payments/webhooks/{provider}` | keeps what the provider says unasked |
//! | `GET /api/payments/whoami` | who the token says the caller is |
//!
//! | consumer | takes | does |
//! | --- | --- | --- |
//! | `users`, `order-copies` | all facts | copies |
//! | `orders` | confirming, authorization refused, cancelled, refund requested | capture, void, refund |
//!
//! It publishes facts about payments (`payments.payment`) and refunds (`payments.refund`). To add a use case: a
//! file in `http`, a transition in `payment`, a test of the same name. To add a provider: see `provider`.

mod config;
mod consumers;
mod error;
mod http;
mod jobs;
mod ledger;
mod payment;
mod provider;
mod settle;
mod signature;
mod state;
mod store;
mod view;

use crate::{
    config::Config,
    jobs::{Wake, alarm::Overdue},
    provider::{Gateway, sandbox::Sandbox},
    state::Payments,
};
use auth::Authority;
use events::Backbone;
use serde_json::json;
use service::{App, Clock, Env, Lifecycle};
use std::sync::Arc;

/// Starts the service.
pub async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    let config = Config::from_env(env)?;
    let pool = service::db::open(&config.database_url, &sqlx::migrate!()).await?;
    let backbone = Backbone::connect("payments", &config.nats_url, pool.clone()).await?;
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    let sandbox = Sandbox::new(pool.clone(), config.sandbox_webhook_delay);
    let state = Payments {
        pool: pool.clone(),
        backbone: backbone.clone(),
        authority: authority.clone(),
        gateway: Gateway::new(Arc::new(sandbox), config.provider_timeout),
        clock: Clock::system(),
        stop: lifecycle.stop.clone(),
        work: Wake::default(),
        overdue: Overdue::default(),
    };
    let consumers = consumers::all(&state);
    backbone.check(&consumers)?;
    lifecycle.spawn("relay", backbone.clone().relay(lifecycle.stop.clone()));
    lifecycle.spawn("consumers", backbone.consume(consumers, lifecycle.stop.clone()));
    jobs::start(&state, lifecycle);
    let overdue = state.overdue.clone();
    let (routes, openapi) = http::router(state).split_for_parts();
    let details = move || {
        let lease_ms = authority.lease_left().map(|left| left.as_millis());
        json!({ "lease_ms": lease_ms, "overdue": overdue.as_json() })
    };
    Ok(App { name: "payments", routes, openapi, pool: Some(pool), details: Some(Arc::new(details)) })
}
