//! Formatting and lints.

use std::{process::Command, time::Duration};

use anyhow::Result;

use super::outcome::Tally;
use crate::{commands, log, session::Session, tools};

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
    let mut tally = check(session, "cargo fmt --check", &["fmt", "--all", "--check"])?;
    tally.add(lock_file(session)?);
    tally.add(specs(session)?);
    Ok(tally)
}

/// `Cargo.lock` says what is built: nothing newer sneaks in.
fn lock_file(session: &Session) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--locked", "--format-version", "1"]).current_dir(&session.workspace.root);
    let what = "cargo metadata --locked";
    let (status, text) = commands::capture(session, what, &mut command, TIMEOUT, false)?;
    if !status.success() {
        text.lines().filter(|line| !line.starts_with('{')).for_each(log::print);
    }
    Ok(Tally::check(what, status.success()))
}

/// Playwright runs specs without looking at their types.
fn specs(session: &Session) -> Result<Tally> {
    let what = "tsc";
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "tsc", "--noEmit", "--project", "end2end"])
        .current_dir(&session.workspace.root);
    let status = commands::run_status(session, what, &mut command, TIMEOUT)?;
    Ok(Tally::check(what, status.success()))
}

pub(crate) fn lints(session: &Session) -> Result<Tally> {
    let strict = ["--", "-D", "warnings"];
    let servers = [&["clippy", "--workspace", "--all-targets"][..], &strict].concat();
    let browser = [&["clippy"][..], &WASM, &strict].concat();
    let mut tally = check(session, "clippy", &servers)?;
    tally.add(check(session, "clippy for the browser", &browser)?);
    tally.add(dependencies(session)?);
    Ok(tally)
}

/// Who may depend on what, and under which licences: `deny.toml`. Without a network; nothing is asked about advisories.
fn dependencies(session: &Session) -> Result<Tally> {
    let what = "cargo deny";
    let mut command = Command::new(tools::cargo_deny(session)?);
    command.args(["--offline", "check", "bans", "licenses"]).current_dir(&session.workspace.root);
    let status = commands::run_status(session, what, &mut command, TIMEOUT)?;
    Ok(Tally::check(what, status.success()))
}

fn check(session: &Session, what: &str, arguments: &[&str]) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(&session.workspace.root);
    let status = commands::run_status(session, what, &mut command, TIMEOUT)?;
    Ok(Tally::check(what, status.success()))
}
