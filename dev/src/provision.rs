//! `cargo dev provision`: databases, roles, streams and consumers, created again where they are missing.

use std::{
    path::Path,
    process::{Command, ExitCode},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    commands, environment, log,
    paths::{Data, Profile, Workspace},
    record::Run,
    session::Session,
};

const TIMEOUT: Duration = Duration::from_mins(2);

/// Whom the provisioner talks to, with which rights.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    /// Postgres as superuser.
    pub(crate) admin_url: String,
    /// `host:port` of the bus.
    pub(crate) nats: String,
}

/// Databases and roles.
pub(crate) fn databases(session: &Session, profile: Profile, targets: &Targets) -> Result<()> {
    let program = session.workspace.binary(profile, "provision");
    let mut command = databases_command(&program, &session.data, targets);
    finish(
        "provision postgres",
        commands::capture(session, "provision postgres", &mut command, TIMEOUT, false)?,
    )
}

/// Streams, buckets and consumers.
pub(crate) fn bus(session: &Session, profile: Profile, targets: &Targets) -> Result<()> {
    let program = session.workspace.binary(profile, "provision");
    let mut command = bus_command(&program, &session.data, targets);
    finish("provision bus", commands::capture(session, "provision bus", &mut command, TIMEOUT, false)?)
}

/// The command: works on the system that `cargo dev up` runs.
pub(crate) fn run() -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let data = Data(workspace.root.join(".data"));
    let run = Run::read(&data.run()).context("nothing runs; start it with `cargo dev up`")?;
    let (Some(admin_url), Some(nats)) = (run.postgres, run.nats) else {
        bail!("it is still starting; it provisions itself");
    };
    let profile = if run.release { Profile::Release } else { Profile::Debug };
    let program = workspace.binary(profile, "provision");
    let targets = Targets { admin_url, nats };
    for mut command in [databases_command(&program, &data, &targets), bus_command(&program, &data, &targets)]
    {
        let output = command.output().with_context(|| format!("{} cannot be run", program.display()))?;
        let text = [output.stdout, output.stderr].concat();
        finish("provision", (output.status, String::from_utf8_lossy(&text).into_owned()))?;
    }
    log::say("databases, roles, streams and consumers are as they should be");
    Ok(ExitCode::SUCCESS)
}

fn databases_command(program: &Path, data: &Data, targets: &Targets) -> Command {
    let mut command = Command::new(program);
    command
        .arg("postgres")
        .arg("--credentials")
        .arg(data.credentials())
        // Not as an argument: everybody may read those.
        .env("DATABASE_ADMIN_URL", &targets.admin_url);
    quiet(&mut command);
    command
}

fn bus_command(program: &Path, data: &Data, targets: &Targets) -> Command {
    let mut command = Command::new(program);
    command.arg("bus").arg("--credentials").arg(data.credentials()).args(["--nats", &targets.nats]);
    quiet(&mut command);
    command
}

fn quiet(command: &mut Command) {
    command.env("RUST_LOG", environment::variable("RUST_LOG").unwrap_or_else(|| "warn".to_owned()));
}

fn finish(what: &str, (status, text): (std::process::ExitStatus, String)) -> Result<()> {
    if !status.success() {
        bail!("{what} failed: {}", text.trim());
    }
    for line in text.lines() {
        log::say(line);
    }
    Ok(())
}
