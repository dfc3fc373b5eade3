//! Notifications: mail to buyers and sellers.
//!
//! It owns letters that shall be written and the mail that was. Users, shows and tickets are copies. A fact asks
//! for a letter, once per order and kind; the writer writes it when everything it needs is known here, in whichever order
//! the messages came. A ban is told at once and once, since its fact says all. The sender hands it to the mail server, where there is one. Otherwise it is only kept, and
//! with `DEV_MAIL=true` shown at `/dev/mail`.
//!
//! | endpoint | does |
//! | --- | --- |
//! | `GET /api/notifications/whoami` | who the token says the caller is |
//! | `GET /dev/mail`, `GET /dev/mail/{id}`, `GET /dev/mail.json?to=` | the mail that was written (development) |
//!
//! | consumer | takes | does |
//! | --- | --- | --- |
//! | `users`, `shows`, `tickets` | all facts | copies |
//! | `bans` | banned, unbanned | letters about accounts |
//! | `notices` | issued | what auth has people told, with links whose secrets stand in no message |
//! | `orders` | completed, cancelled, refunded | letters about orders |
//!
//! It publishes `notifications.mail.sent`. To add a letter: see `letter`.

mod config;
mod consumers;
mod http;
mod jobs;
mod letter;
mod picture;
mod state;
mod store;

use crate::{config::Config, jobs::sender::Server, state::Notifications};
use auth::Authority;
use events::Backbone;
use serde_json::json;
use service::{App, Clock, Env, Lifecycle};
use std::sync::Arc;

/// Starts the service.
pub async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    let config = Config::from_env(env)?;
    let server = Server::new(&config)?;
    let pool = service::db::open(&config.database_url, &sqlx::migrate!()).await?;
    let backbone = Backbone::connect("notifications", &config.nats_url, pool.clone()).await?;
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    let state = Notifications {
        pool: pool.clone(),
        backbone: backbone.clone(),
        authority: authority.clone(),
        clock: Clock::system(),
        stop: lifecycle.stop.clone(),
        letters: Arc::default(),
        mails: Arc::default(),
        links: config.links,
        sends: server.is_some(),
    };
    let consumers = consumers::all(&state);
    backbone.check(&consumers)?;
    lifecycle.spawn("relay", backbone.clone().relay(lifecycle.stop.clone()));
    lifecycle.spawn("consumers", backbone.consume(consumers, lifecycle.stop.clone()));
    jobs::start(&state, lifecycle, server);
    let (routes, openapi) = http::routes(state, config.dev_mail);
    let lease = move || json!({ "lease_ms": authority.lease_left().map(|left| left.as_millis()) });
    Ok(App { name: "notifications", routes, openapi, pool: Some(pool), details: Some(Arc::new(lease)) })
}
