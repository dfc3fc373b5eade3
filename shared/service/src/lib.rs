//! What every service starts with: configuration, database, telemetry, health and shutdown.
//!
//! A service is a function from its configuration to an [`App`]; [`run`] does the rest:
//!
//! ```no_run
//! # async fn start(_: &service::Env, _: &service::Lifecycle) -> anyhow::Result<service::App> { todo!() }
//! fn main() -> std::process::ExitCode {
//!     service::run("orders", start)
//! }
//! ```

pub mod clock;
pub mod config;
pub mod db;
pub mod extract;
pub mod health;
pub mod http;
pub mod lifecycle;
mod openapi;
pub mod problem;
pub mod run;
pub mod telemetry;
mod whole_body;

pub use clock::{Clock, new_id};
pub use config::{ConfigError, Env};
pub use extract::{Created, Id, IdempotencyKey, IfMatch, Valid, ValidQuery};
pub use lifecycle::Lifecycle;
pub use problem::ProblemResponse;
pub use run::{App, run};
