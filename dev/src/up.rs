//! `cargo dev up`: from a fresh clone to a running system with sample data.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;

use crate::{
    address::PublicAddress,
    build,
    config::{AMBIENT, SETTINGS, Tuning},
    log,
    paths::{Data, Profile, Workspace},
    ports,
    postgres::Durability,
    samples, seed,
    servers::Servers,
    session::Session,
    space,
    stack::{Options, Stack},
    stop::Stop,
    tools::{self, Needs},
};

/// Ports of services: 4101, 4102, … where they are free.
const FIRST_PORT: u16 = 4100;
const TEND_EVERY: Duration = Duration::from_millis(100);

/// What `up` can be told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Forget all data and begin anew
    #[arg(long)]
    fresh: bool,
    /// Build and run optimised programs
    #[arg(long)]
    release: bool,
    /// The address that people open, where it is not `http://localhost:<port>`: cookies follow it
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Use cookies without the `__Host-` prefix, for browsers that refuse it on plain http
    #[arg(long)]
    plain_cookies: bool,
    /// The port to open in the browser
    #[arg(long, default_value_t = 3000, value_name = "N")]
    port: u16,
    /// How many instances of each service to run
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3))]
    instances: u32,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let begin = Instant::now();
    let public = PublicAddress::of(arguments.origin.as_deref(), arguments.port, arguments.plain_cookies)?;
    let servers = Servers::of_user();
    if arguments.fresh {
        servers.refuse_fresh()?;
    }
    let stop = Stop::on_signals()?;
    let workspace = Workspace::find()?;
    let data = Data::create(workspace.root.join(".data"))?;
    let mut session = Session::open(workspace, data, stop)?;
    if arguments.fresh {
        session.data.clear()?;
    }
    if let Some(warning) = &public.warning {
        log::warn(warning);
    }
    // Before the long steps, not only after them.
    ports::require_free(arguments.port)?;
    let needs = Needs { postgres: servers.postgres.is_none(), nats: servers.nats.is_none() };
    let tools = tools::prepare(&mut session, needs)?;
    servers.check_postgres(&session, &tools.postgres_bin)?;
    let profile = if arguments.release { Profile::Release } else { Profile::Debug };
    space::check(&session.workspace, profile, &session.data.0)?;
    build::all(&session, profile)?;
    let options = Options {
        profile,
        public,
        first_port: FIRST_PORT,
        instances: arguments.instances,
        tuning: Tuning::default(),
        passed_on: AMBIENT.into_iter().chain(SETTINGS).collect(),
        quiet: false,
        servers,
        durability: Durability::Full,
        bus_store: session.data.nats(),
        linked: None,
    };
    let mut stack = Stack::start(&session, &tools, &options)?;
    if let Err(error) = seed::run(&session, profile, &stack) {
        session.stop.check()?;
        // A system without all of its samples is still worth having.
        log::warn(&format!("{error:#}"));
    }
    greet(&session, &stack.plan.public.origin, begin.elapsed())?;
    while session.stop.sleep(TEND_EVERY).is_ok() {
        stack.tend();
    }
    log::say("stopping; once more Ctrl-C kills everything at once");
    drop(stack);
    Ok(ExitCode::SUCCESS)
}

/// The one address, and who can sign in.
fn greet(session: &Session, origin: &str, took: Duration) -> Result<()> {
    let (bold, plain) = if log::colours() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    log::print("");
    log::print(&format!("  Ticketing.dev runs at {bold}{origin}{plain}   ({:.0} s)", took.as_secs_f64()));
    log::print("");
    for account in samples::open(session)? {
        let code = if account.totp.is_some() { "  and the code of: cargo dev code" } else { "" };
        log::print(&format!("  {:<8} {:<28} {}{code}", account.role, account.email, account.password));
    }
    log::print("");
    log::print("  In another terminal: cargo dev status, cargo dev logs orders -f. Ctrl-C stops everything.");
    log::print("");
    Ok(())
}
