//! The one door from outside: routes, limits, header hygiene and balancing.
//!
//! To add a route, add a line to the table in [`routes`]; to add a service, add a variant to
//! [`routes::Service`] and the compiler names the rest.

mod access;
mod admission;
mod answers;
mod clients;
mod config;
mod cookies;
mod docs;
mod exchange;
mod failures;
mod hygiene;
mod lifecycle;
mod limits;
mod proxy;
mod retries;
mod routes;
mod streams;
mod telemetry;
mod upstreams;

use std::process::ExitCode;
use std::sync::Arc;

use crate::config::Config;

/// What `sysexits` and our other services mean by "the configuration is wrong".
const BAD_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let config = match Config::from_environment() {
        Ok(config) => config,
        Err(bad) => {
            eprintln!("{bad}");
            return ExitCode::from(BAD_CONFIGURATION);
        }
    };
    match lifecycle::run(&Arc::new(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
