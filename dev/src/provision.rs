//! `cargo dev provision`: databases, roles, streams and consumers, created again where they are missing.

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::{
    commands, environment, log,
    paths::{Data, Profile, Workspace},
    ready,
    record::{Entry, Identity, Run},
    session::Session,
};

const TIMEOUT: Duration = Duration::from_mins(2);
/// How long to wait after provisioning failed.
const AGAIN: Duration = Duration::from_secs(1);
const PROVISION_BUS: &str = "provision bus";

/// Whom the provisioner talks to, with which rights.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    /// Postgres as superuser.
    pub(crate) admin_url: String,
    /// URL of the bus, without a user.
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

/// Looks after a bus that died and came back, perhaps empty. Never waits: whoever tends the system has more to do.
#[derive(Debug)]
pub(crate) struct BusCare<'a> {
    session: &'a Session,
    profile: Profile,
    targets: Targets,
    due: Option<Instant>,
    work: Option<(Child, Instant)>,
}

impl<'a> BusCare<'a> {
    pub(crate) fn new(session: &'a Session, profile: Profile, targets: Targets) -> Self {
        Self { session, profile, targets, due: None, work: None }
    }

    /// Its process was started again.
    pub(crate) fn came_back(&mut self) {
        self.due = Some(Instant::now());
    }

    /// Starts provisioning once the bus answers, and looks whether it has ended. Call it again and again.
    pub(crate) fn tend(&mut self) {
        let mut outcome = match &mut self.work {
            Some((child, begun)) => ended(child, *begun),
            None => None,
        };
        if self.work.is_none() && self.is_due() {
            outcome = self.start().err().map(Err);
        }
        match outcome {
            None => {}
            Some(Ok(())) => {
                self.end_work();
                log::say("the bus is back, and its streams and consumers are there");
            }
            Some(Err(error)) => {
                self.end_work();
                self.due = Some(Instant::now() + AGAIN);
                log::warn(&format!("{error:#}; trying again"));
            }
        }
    }

    fn is_due(&self) -> bool {
        let port = self.targets.nats.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        self.due.is_some_and(|due| due <= Instant::now())
            && port.is_some_and(|port| ready::nats_ready(port).is_ok())
    }

    fn start(&mut self) -> Result<()> {
        self.due = None;
        let program = self.session.workspace.binary(self.profile, "provision");
        let mut command = bus_command(&program, &self.session.data, &self.targets);
        let log = File::create(self.session.data.log("provision"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let child = command.spawn().context("the provisioner cannot be started")?;
        if let Some(identity) = Identity::of(child.id()) {
            let name = PROVISION_BUS.to_owned();
            let entry = Entry { name, identity, port: None, probe: String::new(), restarts: 0 };
            self.session.record.started(entry);
        }
        self.work = Some((child, Instant::now()));
        Ok(())
    }

    fn end_work(&mut self) {
        if let Some((mut child, _)) = self.work.take() {
            let _ = child.kill();
            let _ = child.wait();
            self.session.record.ended(PROVISION_BUS);
        }
    }
}

impl Drop for BusCare<'_> {
    fn drop(&mut self) {
        self.end_work();
    }
}

fn ended(child: &mut Child, begun: Instant) -> Option<Result<()>> {
    match child.try_wait() {
        Ok(Some(status)) if status.success() => Some(Ok(())),
        Ok(Some(status)) => Some(Err(anyhow!(
            "the bus is back, and its streams could not be created ({status}): see its log"
        ))),
        Ok(None) if begun.elapsed() < TIMEOUT => None,
        Ok(None) => Some(Err(anyhow!("the bus is back, and creating its streams took too long"))),
        Err(error) => Some(Err(error.into())),
    }
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
    command
        .env("RUST_LOG", environment::variable("RUST_LOG").unwrap_or_else(|| "warn".to_owned()))
        // A backtrace would hide the reason.
        .env("RUST_BACKTRACE", "0");
}

fn finish(what: &str, (status, text): (std::process::ExitStatus, String)) -> Result<()> {
    if !status.success() {
        let reason: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        bail!("{what} failed: {}", reason.join(" "));
    }
    for line in text.lines() {
        log::say(line);
    }
    Ok(())
}
