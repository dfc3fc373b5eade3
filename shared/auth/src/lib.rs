//! Token checks without a call to the auth service: keys, revocations, freshness lease, extractors.
//!
//! # Wiring a service
//!
//! ```no_run
//! use auth::{Admin, Authority, AuthorityConfig, Caller, MaybeCaller, Refusal};
//! use axum::{Router, extract::{FromRef, State}, routing::post};
//! # use tokio_util::{sync::CancellationToken, task::TaskTracker};
//!
//! #[derive(Clone)]
//! struct Orders { authority: Authority }
//!
//! // The extractors work for any state that can give an `Authority`.
//! impl FromRef<Orders> for Authority {
//!     fn from_ref(state: &Orders) -> Self { state.authority.clone() }
//! }
//!
//! async fn create(State(state): State<Orders>, caller: Caller) -> Result<(), Refusal> {
//!     let buyer = caller.user;                 // `Caller` and `Admin` deref to `Identity`
//!     // begin, load, decide, store, publish …
//!     state.authority.recheck(&caller)?;       // just before the commit of a write
//!     // commit
//! #   let _ = buyer;
//!     Ok(())
//! }
//!
//! # async fn app(tasks: TaskTracker, stop: CancellationToken) -> Result<(), Box<dyn std::error::Error>> {
//! let authority = Authority::connect(
//!     AuthorityConfig {
//!         service: "orders".to_owned(),
//!         instance: "orders-1".to_owned(),
//!         nats_url: "nats://orders-revocations:secret@127.0.0.1:4222".to_owned(), // NATS_REVOCATIONS_URL
//!         revocation_public_key: "64 hex digits".to_owned(),                      // REVOCATION_PUBLIC_KEY
//!         public_origin: "http://localhost:3000".to_owned(),                      // PUBLIC_ORIGIN
//!         plain_cookies: true,                                                    // PLAIN_COOKIES
//!         pull: None, // AUTH_PULL_URLS and AUTH_PULL_SECRET: with the bus away, ask auth
//!     },
//!     &tasks,
//!     &stop,
//! ).await?; // never waits: with the bus and auth away it starts without a lease and public pages go on
//! let app: Router<()> = Router::new()
//!     .route("/api/orders", post(create))
//!     .merge(auth::whoami::router("orders")) // GET /api/orders/whoami
//!     .with_state(Orders { authority: authority.clone() });
//! let lease = authority.lease_left(); // for /readyz: a field of its body, never a reason to be unready
//! # let _ = (app, lease); Ok(()) }
//! ```
//!
//! - [`Caller`]: 401 without a valid identity, 403 `account_suspended`, 503 `revocations_stale` without a lease.
//! - [`MaybeCaller`]: `MaybeCaller(Option<Identity>)`, anonymous whenever `Caller` would refuse.
//! - [`Admin`]: 403 `forbidden` unless the role is `admin`.
//! - The token comes from `Authorization: Bearer …` or the access cookie. Unsafe methods with the cookie need
//!   `Sec-Fetch-Site: same-origin` or, where that is absent, `Origin` equal to the public origin (403 `cross_site`).
//!   A server that forwards a cookie itself sets `Origin: <PUBLIC_ORIGIN>`.
//! - [`Refusal`] is a response by itself and converts into [`contracts::Problem`]: give the service's error enum a
//!   variant `#[error(transparent)] Refused(#[from] auth::Refusal)` and map it with `Problem::from(&refusal)`.
//! - Live streams: `tokio::select! { refusal = authority.revoked(&caller) => …, … }` ends them at once when the user
//!   or the session is revoked, at the token's end, and when the lease is lost.
//! - [`issue`] signs: only the auth service and tests need it.
//!
//! A whole service in thirty lines: `examples/service.rs`. What it defends against, and which test shows it:
//! `docs/auth.md`.
//!
//! # Adding to it
//!
//! One file per concept; what decides is pure and takes the time as a parameter, what talks to the bus is in
//! `bus` and `watcher`, what asks auth is in `puller`. The rules of the lease and why they hold:
//! `docs/adr/0005-freshness-lease.md` for the bus, `docs/adr/0009-second-path.md` for the pull from auth.

pub mod authority;
pub mod boottime;
mod bus;
mod cache;
pub mod cookies;
pub mod extract;
pub mod issue;
pub mod judge;
mod key_watcher;
pub mod keys;
mod knowledge;
pub mod lease;
mod origin;
pub mod pull;
mod puller;
pub mod refusal;
pub mod revocation;
pub mod subjects;
mod supervise;
mod sync;
pub mod token;
pub mod verdict;
mod watcher;
pub mod whoami;

// The model includes these files as they are (`model/src/interleavings.rs`), and not their tests.
#[cfg(test)]
#[path = "lease/tests.rs"]
mod lease_tests;
#[cfg(test)]
#[path = "revocation/tests.rs"]
mod revocation_tests;

pub use authority::{Authority, AuthorityConfig, ConnectError};
pub use bus::{connect_client, stream_created};
pub use extract::{Admin, Caller, MaybeCaller};
pub use refusal::Refusal;
pub use token::{AccessClaims, Identity};
pub use watcher::REPORT_MAX;
