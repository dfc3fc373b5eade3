//! `cargo dev bench`: measures the optimised system, on data of its own, and prints what it found.
//!
//! Nothing here fails by a figure, since machines differ, but for one: a banned person's request that was accepted
//! later than we promise. What is measured from outside is in `dev/load`.

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;

use crate::{
    address::PublicAddress,
    build, commands,
    config::{AMBIENT, Tuning},
    log,
    paths::{Data, Profile, Workspace},
    ports::Ports,
    postgres::Durability,
    seed,
    servers::Servers,
    service::Service,
    session::Session,
    space,
    stack::{Options, Stack},
    stop::Stop,
    test,
    tools::{self, Needs, Tools},
};

/// Everything is asked from one address.
const RATE_LIMIT: u32 = 1_000_000;
const TIMEOUT: Duration = Duration::from_mins(30);

/// What to measure, and how.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Measure unoptimised programs: quicker to build, and no figure worth quoting
    #[arg(long)]
    debug: bool,
    /// How many instances of each service to run
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3))]
    instances: u32,
    /// Seconds of each stretch of traffic
    #[arg(long, default_value_t = 5, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// Requests per second while people are banned
    #[arg(long, default_value_t = 500, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    asked: u32,
    /// How many people to ban, in all
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(5..=5000))]
    bans: u32,
    /// Only these parts: assets, memory, reading, buying, signin, bans, recovery
    #[arg(long, value_name = "PARTS")]
    only: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let stop = Stop::on_signals()?;
    let workspace = Workspace::find()?;
    let data = Data::create(workspace.root.join(".data/bench"))?;
    let mut session = Session::open(workspace, data, stop)?;
    session.data.clear()?;
    let profile = if arguments.debug { Profile::Debug } else { Profile::Release };
    space::check(&session.workspace, profile, &session.data.0)?;
    let tools = tools::prepare(&mut session, Needs { postgres: true, nats: true })?;
    build::all(&session, profile)?;
    let options = options(&session, arguments, profile)?;
    let mut stack = start_twice(&session, &tools, &options)?;
    let status = load(&session, profile, arguments, &mut stack)?;
    Ok(if status { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn options(session: &Session, arguments: &Arguments, profile: Profile) -> Result<Options> {
    let first_port = test::first_port();
    Ok(Options {
        profile,
        public: PublicAddress::of(None, Ports::from(first_port).take()?, false)?,
        first_port,
        instances: arguments.instances,
        tuning: Tuning { hold_seconds_min: None, rate_limit: Some(RATE_LIMIT) },
        passed_on: AMBIENT.to_vec(),
        quiet: true,
        servers: Servers::default(),
        durability: Durability::Full,
        bus_store: session.data.nats(),
        linked: Some(Service::Payments),
    })
}

/// The first start creates databases and samples; the second is what people wait for every day.
fn start_twice<'a>(session: &'a Session, tools: &Tools, options: &Options) -> Result<Stack<'a>> {
    let first = Stack::start(session, tools, options)?;
    seed::run(session, options.profile, &first)?;
    drop(first);
    let begin = Instant::now();
    build::all(session, options.profile)?;
    let built = begin.elapsed();
    let stack = Stack::start(session, tools, options)?;
    let (all, seeing) = (begin.elapsed().as_secs_f64(), built.as_secs_f64());
    log::print(&format!(
        "\nA start with everything built: {all:.1} s, of which {seeing:.1} s to see that it is"
    ));
    Ok(stack)
}

fn load(session: &Session, profile: Profile, arguments: &Arguments, stack: &mut Stack<'_>) -> Result<bool> {
    let mut command = Command::new(session.workspace.binary(profile, "load"));
    command
        .args(["--base-url", &stack.local_url(), "--seconds", &arguments.seconds.to_string()])
        .args(["--bans", &arguments.bans.to_string(), "--asked", &arguments.asked.to_string()])
        .arg("--run")
        .arg(session.data.run())
        .arg("--accounts")
        .arg(session.data.samples())
        .args(arguments.only.as_ref().map(|parts| format!("--only={parts}")));
    let status = commands::run_while(session, "load", &mut command, TIMEOUT, &mut || stack.tend())?;
    Ok(status.success())
}
