//! The steps that need the whole system: started once, as `up` does, with data of its own.

use anyhow::{Context as _, Result};

use super::{Outcome, Step, Tally, browser, contract, run_step, scratch::Scratch};
use crate::{
    address::PublicAddress,
    build,
    config::{AMBIENT, Plan, Tuning},
    paths::Profile,
    ports::Ports,
    postgres::Durability,
    samples::{self, Account},
    seed,
    servers::Servers,
    service::Service,
    session::Session,
    stack::{Options, Stack},
    tools::Tools,
};

/// Holds of tests may be this short, so that their end can be watched.
const HOLD_SECONDS_MIN: u32 = 2;
/// All tests come from one address.
const RATE_LIMIT: u32 = 1_000_000;

/// The row of what the steps share.
const START: &str = "build and start";

/// What a step is told about the running system.
#[derive(Debug)]
pub(crate) struct System<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) admin: Account,
}

impl System<'_> {
    /// Variables for scripts and specs.
    pub(crate) fn environment(&self, session: &Session) -> Vec<(String, String)> {
        let mut values = vec![
            ("BASE_URL".to_owned(), self.plan.public.origin.clone()),
            ("ADMIN_EMAIL".to_owned(), self.admin.email.clone()),
            ("ADMIN_PASSWORD".to_owned(), self.admin.password.clone()),
            ("ADMIN_TOTP_SECRET".to_owned(), self.admin.totp.clone().unwrap_or_default()),
            ("SAMPLE_ACCOUNTS".to_owned(), session.data.samples().display().to_string()),
        ];
        for instance in self.plan.instances.iter().filter(|instance| instance.service.has_data()) {
            let name = format!("{}_URL", instance.service.name().to_uppercase());
            values.push((name, format!("http://127.0.0.1:{}", instance.port)));
        }
        values
    }
}

/// Builds and starts the system, runs the steps against it, and stops it.
pub(crate) fn run(
    session: &Session,
    tools: &Tools,
    steps: &[Step],
    filter: Option<&str>,
) -> Result<Vec<Outcome>> {
    // Before the stack, and so removed after it.
    let scratch = Scratch::create(session)?;
    let mut stack = None;
    let started = run_step(session, START, || {
        stack = Some(start(session, tools, &scratch)?);
        Ok(Tally::default())
    })?;
    let mut outcomes = vec![started];
    let Some(mut stack) = stack else { return Ok(outcomes) };
    let accounts = samples::open(session)?;
    let admin = accounts.into_iter().find(|account| account.role == "admin");
    let admin = admin.context("sample-accounts.json has no admin")?;
    for step in steps {
        let mut outcome = run_step(session, step.name(), || {
            let system = System { plan: &stack.plan, admin: admin.clone() };
            if *step == Step::Contract {
                return contract::run(session, &system, filter);
            }
            let environment = system.environment(session);
            let suite = browser::Suite { config: config_of(*step), environment, filter };
            browser::run(session, suite, &mut || stack.tend())
        })?;
        // Only in this step do processes die on purpose.
        if let (Some(died), false) = (stack.deaths(), *step == Step::Faults) {
            outcome.tally.add(Tally::failure(died));
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn start<'a>(session: &'a Session, tools: &Tools, scratch: &Scratch) -> Result<Stack<'a>> {
    build::all(session, Profile::Debug)?;
    let stack = Stack::start(session, tools, &options(scratch)?)?;
    seed::run(session, Profile::Debug, &stack)?;
    Ok(stack)
}

fn config_of(step: Step) -> &'static str {
    if step == Step::Faults { "playwright.faults.config.ts" } else { "playwright.config.ts" }
}

fn options(scratch: &Scratch) -> Result<Options> {
    let first_port = first_port();
    Ok(Options {
        profile: Profile::Debug,
        public: PublicAddress::of(None, Ports::from(first_port).take()?, false)?,
        first_port,
        instances: 1,
        tuning: Tuning { hold_seconds_min: Some(HOLD_SECONDS_MIN), rate_limit: Some(RATE_LIMIT) },
        passed_on: AMBIENT.to_vec(),
        // The report of the tests would drown in requests.
        quiet: true,
        servers: Servers::default(),
        // Processes are killed here, machines are not; and a busy disk must not end everybody's lease.
        durability: Durability::None,
        bus_store: scratch.path().join("nats"),
        linked: Some(Service::Payments),
    })
}

/// Runs of several clones at the same time look for ports in different places.
pub(crate) fn first_port() -> u16 {
    let slot = u16::try_from(std::process::id() % 300).unwrap_or(0);
    15_000 + 50 * slot
}
