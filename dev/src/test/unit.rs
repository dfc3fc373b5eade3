//! Unit tests, and every service on real Postgres and NATS.
//!
//! Plain `cargo test`, and not a runner that starts a process per test: the tests of one program share a template
//! database and a bus, and documentation is tested too.

use std::{process::Command, time::Duration};

use anyhow::{Result, bail};

use super::{outcome::Tally, report, scratch::Scratch};
use crate::{
    build, commands,
    credentials::random_hex,
    ports::Ports,
    postgres::{Durability, Postgres},
    processes::Processes,
    session::Session,
    tools::Tools,
};

const TIMEOUT: Duration = Duration::from_hours(1);
const SERVER_TIMEOUT: Duration = Duration::from_mins(1);
/// Tests mostly wait for Postgres and NATS, so more run at once than there are cores. Those of the lease, of its crate
/// and of its service, measure time and do not: they keep to themselves. Cargo tells a runner whose tests it runs.
const RUNNER: &str = r#"target.'cfg(unix)'.runner=["/bin/sh","-c","case $CARGO_PKG_NAME in auth|auth-service) ;; *) export RUST_TEST_THREADS=4;; esac; export TMPDIR=\"$TEST_SCRATCH\"; exec \"$@\"","tests"]"#;
/// Compiled into the pages by cargo-leptos; without it they would be compiled a second time.
const OUTPUT_NAME: (&str, &str) = ("LEPTOS_OUTPUT_NAME", "app");

pub(crate) fn run(session: &Session, tools: &Tools, filter: Option<&str>) -> Result<Tally> {
    let folder = session.data.0.join("unit-postgres");
    let password = random_hex(16)?;
    let postgres = Postgres::prepare(session, &tools.postgres_bin, &folder, &password, Durability::None)?;
    let port = Ports::from(super::system::first_port() + 20).take()?;
    let mut processes = Processes::new(session);
    processes.start(&postgres.spec(session, port))?;
    processes.wait_ready(&["postgres"], SERVER_TIMEOUT)?;

    let scratch = Scratch::create(session)?;
    let mut tally = Tally::default();
    for (what, packages) in [
        ("tests of services and tools", &build::SERVICES[..]),
        ("tests of the pages", &build::PAGES),
        ("tests of the launcher", &["--package", "dev"]),
    ] {
        let mut command = Command::new("cargo");
        command
            .args(["test", "--no-fail-fast", "--config", RUNNER])
            .args(packages)
            .args(filter)
            .env("TEST_POSTGRES_URL", postgres.admin_url(port))
            .env("NATS_SERVER_BIN", &tools.nats_server)
            .env("TEST_SCRATCH", scratch.path())
            .env(OUTPUT_NAME.0, OUTPUT_NAME.1)
            .current_dir(&session.workspace.root);
        let (status, text) = commands::capture(session, what, &mut command, TIMEOUT, true)?;
        tally.add(
            report::of_cargo(&text)
                .or_failure(status.success(), &format!("{what}: did not compile, or crashed; see above")),
        );
    }
    drop(processes);
    postgres.remove(&folder);
    if tally.is_empty() {
        bail!(
            "no test ran{}",
            filter.map_or_else(String::new, |filter| format!(": none is named {filter:?}"))
        );
    }
    Ok(tally)
}
