//! Unit tests, and every service on real Postgres and NATS.
//!
//! Plain `cargo test`, and not a runner that starts a process per test: the tests of one program share a template
//! database and a bus, and documentation is tested too.

use std::{path::PathBuf, process::Command, time::Duration};

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

/// What tests need: a Postgres, a nats-server, and room for files. Gone with the value.
pub(crate) struct Grounds<'a> {
    // Ended before the folder goes.
    processes: Option<Processes<'a>>,
    postgres: Postgres,
    folder: PathBuf,
    port: u16,
    nats_server: PathBuf,
    scratch: Scratch,
}

impl<'a> Grounds<'a> {
    pub(crate) fn prepare(session: &'a Session, tools: &Tools) -> Result<Self> {
        let folder = session.data.0.join("unit-postgres");
        let password = random_hex(16)?;
        let postgres = Postgres::prepare(session, &tools.postgres_bin, &folder, &password, Durability::None)?;
        let port = Ports::from(super::system::first_port() + 20).take()?;
        let mut processes = Processes::new(session);
        processes.start(&postgres.spec(session, port))?;
        processes.wait_ready(&["postgres"], SERVER_TIMEOUT)?;
        let (nats_server, scratch) = (tools.nats_server.clone(), Scratch::create(session)?);
        Ok(Self { processes: Some(processes), postgres, folder, port, nats_server, scratch })
    }

    /// Tells a `cargo test` of them.
    pub(crate) fn describe(&self, command: &mut Command) {
        command
            .args(["--config", RUNNER])
            .env("TEST_POSTGRES_URL", self.postgres.admin_url(self.port))
            .env("NATS_SERVER_BIN", &self.nats_server)
            .env("TEST_SCRATCH", self.scratch.path())
            .env(OUTPUT_NAME.0, OUTPUT_NAME.1);
    }
}

impl Drop for Grounds<'_> {
    fn drop(&mut self) {
        drop(self.processes.take());
        self.postgres.remove(&self.folder);
    }
}

pub(crate) fn run(session: &Session, tools: &Tools, filter: Option<&str>) -> Result<Tally> {
    let grounds = Grounds::prepare(session, tools)?;
    let mut tally = Tally::default();
    for (what, packages) in [
        ("tests of services and tools", &build::SERVICES[..]),
        ("tests of the pages", &build::PAGES),
        ("tests of the launcher", &["--package", "dev"]),
    ] {
        let mut command = Command::new("cargo");
        command
            .args(["test", "--no-fail-fast"])
            .args(packages)
            .args(filter)
            .current_dir(&session.workspace.root);
        grounds.describe(&mut command);
        let (status, text) = commands::capture(session, what, &mut command, TIMEOUT, true)?;
        tally.add(
            report::of_cargo(&text)
                .or_failure(status.success(), &format!("{what}: did not compile, or crashed; see above")),
        );
    }
    drop(grounds);
    if tally.is_empty() {
        bail!(
            "no test ran{}",
            filter.map_or_else(String::new, |filter| format!(": none is named {filter:?}"))
        );
    }
    Ok(tally)
}
