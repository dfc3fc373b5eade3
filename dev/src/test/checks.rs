//! Formatting and lints.

use std::{process::Command, time::Duration};

use anyhow::Result;

use super::outcome::Tally;
use crate::{commands, session::Session};

const TIMEOUT: Duration = Duration::from_hours(1);
/// The browser's part of the pages, which the other lints do not see.
const WASM: [&str; 8] = [
    "--package",
    "frontend",
    "--lib",
    "--no-default-features",
    "--features",
    "hydrate",
    "--target",
    "wasm32-unknown-unknown",
];

pub(crate) fn format(session: &Session) -> Result<Tally> {
    check(session, "cargo fmt --check", &["fmt", "--all", "--check"])
}

pub(crate) fn lints(session: &Session) -> Result<Tally> {
    let strict = ["--", "-D", "warnings"];
    let servers = [&["clippy", "--workspace", "--all-targets"][..], &strict].concat();
    let browser = [&["clippy"][..], &WASM, &strict].concat();
    let mut tally = check(session, "clippy", &servers)?;
    tally.add(check(session, "clippy for the browser", &browser)?);
    Ok(tally)
}

fn check(session: &Session, what: &str, arguments: &[&str]) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(&session.workspace.root);
    let status = commands::run_status(session, what, &mut command, TIMEOUT)?;
    Ok(Tally::check(what, status.success()))
}
