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
//! | `POST /api/auth/signin/code` | `signin_with_code` |
//! | `POST /api/auth/signin/passkey/options`, `POST /api/auth/signin/passkey` | `ask_passkey`, `signin_with_passkey` |
//! | `POST /api/auth/reauthenticate`, `…/passkey` | `reauthenticate`, `reauthenticate_with_passkey` |
//! | `POST /api/auth/passkeys/options`, `POST /api/auth/passkeys`, `DELETE …/{id}` | `offer_passkey`, `add_passkey`, `remove_passkey` |
//! | `GET /api/auth/second-factors` | `list_second_factors` |
//! | `POST`, `GET`, `PUT` and `DELETE /api/auth/totp` | `offer_totp`, `get_totp_offer`, `confirm_totp`, `remove_totp` |
//! | `POST /api/auth/recovery-codes` | `renew_recovery_codes` |
//! | `PUT /api/auth/password` | `change_password` |
//! | `POST /api/auth/password/forgot`, `…/reset` | `forgot_password`, `reset_password` |
//! | `PUT /api/auth/email`, `POST …/confirm`, `POST …/confirmation` | `change_email`, `confirm_email` |
//! | `POST /api/auth/sessions/disown` | `disown_session` |
//! | `GET /api/auth/admin/users`, `…/{id}` | `list_users`, `get_user` |
//! | `GET /api/auth/admin/users/{id}/sessions`, `…/bans` | `list_user_sessions`, `list_user_bans` |
//! | `DELETE /api/auth/admin/users/{id}/sessions/{session}` | `end_user_session` |
//! | `PUT` and `DELETE /api/auth/admin/users/{id}/ban` | `ban_user`, `unban_user` |
//! | `POST /api/auth/admin/ban-imports`, `GET …/{id}`, `…/{id}/lines`, `POST …/{id}/confirm` | `create_ban_import`, `get_ban_import`, `list_ban_import_lines`, `confirm_ban_import` |
//! | `GET /api/auth/admin/bans/{id}/receipt` (JSON or SSE), `GET …/audit` | `get_ban_receipt`, `list_audit` |
//! | `GET /api/auth/jwks.json` | `get_jwks` |
//!
//! Facts out: `auth.user_registered`, `_changed`, `_banned`, `_unbanned`, `auth.session_revoked`, `auth.notice_issued`. Facts in: what other
//! services did because of a ban ([`consumers`]).
//!
//! Whatever gives a token or takes the right to one locks the user's row first ([`store::users::lock`]). After the
//! commit the [`revoker`] writes the revocation to the bus; [`jobs::reconcile`] writes all of them again and again.
//! When the bus is away, services ask this one at its [`private`] listener instead.
//! To add an endpoint: a file in `http/` named like its operation, one line in `http.rs`, a test of the same name.

mod account;
mod attempts;
mod ban_imports;
mod ban_list;
mod bans;
mod codes;
mod common_passwords;
mod config;
mod consumers;
mod cookies;
mod create_admin;
mod devices;
mod error;
mod factors;
mod http;
mod jobs;
mod known_browsers;
mod links;
mod notices;
mod passkeys;
mod password_list;
mod password_requests;
mod passwords;
mod presence;
mod private;
mod qr;
mod reauthentication;
mod recovery_codes;
mod revoker;
mod rotate_keys;
mod sealed;
mod second_factor;
mod secret;
mod signing_keys;
mod state;
mod store;
mod tokens;
mod totp;

pub use create_admin::create_admin;
pub use password_list::build_password_list;
pub use rotate_keys::rotate_keys;

use crate::{
    common_passwords::CommonPasswords, config::Config, passwords::Passwords, revoker::Revoker, state::Auth,
    tokens::Tokens,
};
use anyhow::Context;
use auth::{
    Authority,
    issue::{RevocationSigner, SecretKey},
};
use events::Backbone;
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
    let consumers = consumers::all();
    backbone.check(&consumers)?;
    let origin = config.authority.public_origin.clone();
    let authority = Authority::connect(config.authority, &lifecycle.tasks, &lifecycle.stop).await?;
    signing_keys::make_first(&pool, clock.now()).await?;
    let revocations = RevocationSigner(SecretKey::new(&config.revocation_secret));
    let (presence, notes) = presence::Presence::new();
    let state = Auth {
        revoker: Revoker::new(&authority, revocations.clone(), pool.clone(), clock.clone()),
        tokens: Tokens::new(&config.refresh_key, &origin),
        relying_party: passkeys::RelyingParty::new(&origin),
        seal: sealed::Seal::new(&config.second_factor_key),
        passwords: Passwords::new()?,
        common_passwords: CommonPasswords::open(config.password_list.as_deref())
            .context("PASSWORD_LIST cannot be used")?,
        attempts_max: config.attempts_max,
        network_attempts_max: config.network_attempts_max,
        links: config.links,
        password_requested: Arc::default(),
        import_confirmed: Arc::default(),
        presence,
        pool: pool.clone(),
        backbone: backbone.clone(),
        authority: authority.clone(),
        clock,
    };
    let stop = || lifecycle.stop.clone();
    lifecycle.spawn("relay", backbone.clone().relay(stop()));
    lifecycle.spawn("consumers", backbone.consume(consumers, stop()));
    lifecycle.spawn("presence", presence::listen(state.clone(), notes, stop()));
    lifecycle.spawn("reconcile", jobs::reconcile(state.clone(), stop()));
    lifecycle.spawn("ends", jobs::end_what_is_due(state.clone(), stop()));
    lifecycle.spawn("password-requests", password_requests::answer(state.clone(), stop()));
    lifecycle.spawn("ban_imports", ban_imports::work(state.clone(), stop()));
    lifecycle.spawn("forget", jobs::forget(state.clone(), stop()));
    if let Some((address, clients)) = config.private {
        let private = private::open(address, clients, state.clone(), revocations, stop()).await?;
        lifecycle.spawn("private", private);
    }
    let (routes, openapi) = http::routes(state);
    let details = move || json!({ "lease_ms": authority.lease_left().map(|left| left.as_millis()) });
    Ok(App { name: "auth", routes, openapi, pool: Some(pool), details: Some(Arc::new(details)) })
}
