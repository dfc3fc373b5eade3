//! Real Postgres and NATS for each test, and the callers that use them.
//!
//! A [`World`] runs one service as `main` would: its own `start`, on a fresh database, on a NATS server of its
//! own with the accounts and permissions of production. The test plays everybody else: it signs tokens as auth
//! would, publishes the facts of other services as those services, and reads what the service publishes.
//!
//! ```no_run
//! # async fn start(_: &service::Env, _: &service::Lifecycle) -> anyhow::Result<service::App> { unimplemented!() }
//! # async fn test() {
//! let world = testkit::World::start("orders", start, &[("SWEEP_SECONDS", "1")]).await;
//! let ana = testkit::Person::new("Ana");
//! world.caller(&ana).post("/api/orders", &serde_json::json!({"items": []})).await.expect(422);
//! # }
//! ```
//!
//! `TEST_POSTGRES_URL` names a Postgres whose user may create databases, `NATS_SERVER_BIN` the nats-server
//! program; `cargo dev test` provides both.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "where a test cannot go on, it fails")]

pub mod bus;
pub mod caller;
pub mod database;
pub mod hostile;
pub mod nats;
pub mod person;
pub mod world;

pub use bus::Bus;
pub use caller::{Answer, TestCaller};
pub use database::TestDatabase;
pub use nats::NatsServer;
pub use person::{Issuer, Person};
pub use world::World;

use std::{future::Future, time::Duration};

/// How long a test waits for something that must become true.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Waits until `condition` gives a value; fails the test after [`PATIENCE`].
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut condition: impl FnMut() -> F) -> T {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"))
}

#[expect(clippy::disallowed_methods, reason = "tests are told where their servers are by the environment")]
pub(crate) fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests with `cargo dev test`"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo tells tests by the environment which package they are of"
)]
pub(crate) fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
