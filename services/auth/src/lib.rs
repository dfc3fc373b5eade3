//! Who people are: users, sessions, signing keys, bans and their audit.
//!
//! Signs the tokens that every service checks by itself, and the revocations that end them before their time.
//!
//! | endpoint | file in `http/` |
//! | --- | --- |
//! | `POST /api/auth/signup`, `/signin`, `/signout`, `/refresh` | `signup`, `signin`, `signout`, `refresh` |
//! | `GET /api/auth/session` | `get_session` |
//! | `GET` and `DELETE /api/auth/sessions`, `DELETE …/{id}` | `list_sessions`, `end_other_sessions`, `end_session` |
//! | `GET /api/auth/whoami` | `whoami` |
//! | `PUT /api/auth/password` | `change_password` |
//! | `GET /api/auth/admin/users`, `…/{id}` | `list_users`, `get_user` |
//! | `PUT` and `DELETE /api/auth/admin/users/{id}/ban` | `ban_user`, `unban_user` |
//! | `GET /api/auth/admin/bans/{id}/receipt` (JSON or SSE), `GET …/audit` | `get_ban_receipt`, `list_audit` |
//! | `GET /api/auth/jwks.json` | `get_jwks` |
//!
//! Facts out: `auth.user_registered`, `_changed`, `_banned`, `_unbanned`, `auth.session_revoked`. Facts in: none.
//!
//! Whatever gives a token or takes the right to one locks the user's row first ([`store::users::lock`]). After the
//! commit the [`revoker`] writes the revocation to the bus; [`jobs::reconcile`] writes all of them again and again.
//! To add an endpoint: a file in `http/` named like its operation, one line in `http.rs`, a test of the same name.

mod account;
mod attempts;
mod bans;
mod common_passwords;
mod config;
mod cookies;
mod create_admin;
mod devices;
mod error;
mod http;
mod jobs;
mod passwords;
mod presence;
mod revoker;
mod signing_keys;
mod state;
mod store;
mod tokens;

pub use create_admin::create_admin;

use crate::{config::Config, passwords::Passwords, revoker::Revoker, state::Auth, tokens::Tokens};
use auth::{
    Authority,
    issue::{RevocationSigner, SecretKey},
};
use events::{Backbone, Consumers};
use serde_json::json;
use service::{App, Clock, Env, Lifecycle};
use std::sync::Arc;

/// Starts the service: database, bus, keys, jobs, routes.
pub async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    start_with(env, lifecycle, Clock::system()).await
}

/// As [`start`], with a clock that a test may set.
pub async fn start_with(env: &Env, lifecycle: &Lifecycle, clock: Clock) -> anyhow::Result<App> {
    let config = Config::from_env(env)?;
    let pool = service::db::open(&config.database_url, &sqlx::migrate!()).await?;
    let backbone = Backbone::connect("auth", &config.nats_url, pool.clone()).await?;
    backbone.check(&Consumers::default())?;
    let origin = config.authority.public_origin.clone();
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    let signer = signing_keys::signer(&pool, clock.now()).await?;
    let revocations = RevocationSigner(SecretKey::new(&config.revocation_secret));
    let state = Auth {
        revoker: Revoker::new(&authority, revocations, pool.clone(), clock.clone()),
        tokens: Tokens::new(signer, &config.refresh_key, &origin),
        passwords: Passwords::new()?,
        attempts_max: config.attempts_max,
        presence: presence::Presence::new(),
        pool: pool.clone(),
        backbone: backbone.clone(),
        authority: authority.clone(),
        clock,
    };
    let stop = || lifecycle.stop.clone();
    lifecycle.spawn("relay", backbone.relay(stop()));
    lifecycle.spawn("presence", presence::listen(state.clone(), stop()));
    lifecycle.spawn("reconcile", jobs::reconcile(state.clone(), stop()));
    lifecycle.spawn("ends", jobs::end_what_is_due(state.clone(), stop()));
    lifecycle.spawn("forget", jobs::forget(state.clone(), stop()));
    let (routes, openapi) = http::routes(state);
    let details = move || json!({ "lease_ms": authority.lease_left().map(|left| left.as_millis()) });
    Ok(App { name: "auth", routes, openapi, pool: Some(pool), details: Some(Arc::new(details)) })
}
