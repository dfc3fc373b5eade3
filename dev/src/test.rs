//! `cargo dev test`: everything that proves the product, in one go and from a fresh clone.

mod browser;
mod checks;
mod contract;
mod outcome;
mod report;
mod scratch;
mod system;
mod unit;

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::{
    chromium, log,
    paths::{Data, Profile, Workspace},
    session::Session,
    space,
    stop::Stop,
    tools::{self, Needs},
};

use outcome::{Outcome, Tally};

pub(crate) use system::first_port;
pub(crate) use unit::Grounds;

/// What to prove.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only these steps, separated by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
    /// Only tests whose name contains this
    filter: Option<String>,
}

/// A part of the proof.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Step {
    /// Formatting
    Fmt,
    /// Lints, for servers and for the browser's part
    Clippy,
    /// Unit tests, and each service on real Postgres and NATS
    Unit,
    /// Every answer of the running services against their OpenAPI documents
    Contract,
    /// The running system in a browser
    Browser,
    /// Purchases while processes die and the bus is away
    Faults,
}

impl Step {
    const ALL: [Self; 6] = [Self::Fmt, Self::Clippy, Self::Unit, Self::Contract, Self::Browser, Self::Faults];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Unit => "unit",
            Self::Contract => "contract",
            Self::Browser => "browser",
            Self::Faults => "faults",
        }
    }

    fn needs_browser(self) -> bool {
        matches!(self, Self::Browser | Self::Faults)
    }

    /// Whether it runs against the whole system.
    fn needs_system(self) -> bool {
        matches!(self, Self::Contract | Self::Browser | Self::Faults)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let stop = Stop::on_signals()?;
    let workspace = Workspace::find()?;
    // Below the data of `up`, but apart from it: both may run at the same time.
    let data = Data::create(workspace.root.join(".data/test"))?;
    let mut session = Session::open(workspace, data, stop)?;
    session.data.clear()?;
    space::check(&session.workspace, Profile::Debug, &session.data.0)?;
    let tools = tools::prepare(&mut session, Needs { postgres: true, nats: true })?;
    let filter = arguments.filter.as_deref();
    let wanted = |step: &Step| arguments.only.is_empty() || arguments.only.contains(step);
    if Step::ALL.iter().filter(|step| wanted(step)).any(|step| step.needs_browser()) {
        // Before the long steps, not after them.
        chromium::find(&session)?;
    }

    let mut outcomes = Vec::new();
    for step in Step::ALL.into_iter().filter(wanted).filter(|step| !step.needs_system()) {
        outcomes.push(run_step(&session, step.name(), || match step {
            Step::Fmt => checks::format(&session),
            Step::Clippy => checks::lints(&session),
            _ => unit::run(&session, &tools, filter),
        })?);
    }
    let steps: Vec<Step> = Step::ALL.into_iter().filter(wanted).filter(|step| step.needs_system()).collect();
    if !steps.is_empty() {
        outcomes.extend(system::run(&session, &tools, &steps, filter)?);
    }
    Ok(if outcome::summarise(&outcomes) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a step; that it could not be carried out is a failure too. Only a wish to stop ends everything.
pub(crate) fn run_step(
    session: &Session,
    step: &'static str,
    work: impl FnOnce() -> Result<Tally>,
) -> Result<Outcome> {
    session.stop.check()?;
    log::say(&format!("── {step} ──"));
    let begin = Instant::now();
    let tally = match work() {
        Ok(tally) => tally,
        Err(error) => {
            session.stop.check()?;
            log::warn(&format!("{error:#}"));
            Tally::failure(format!("{error:#}"))
        }
    };
    Ok(Outcome { step, tally, took: begin.elapsed() })
}
