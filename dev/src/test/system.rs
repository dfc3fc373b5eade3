//! The steps that need the whole system: started once, as `up` does, with data of its own.

use anyhow::{Context as _, Result};

use super::{Outcome, Step, browser, contract, run_step};
use crate::{
    build,
    config::{Plan, Tuning},
    paths::Profile,
    ports::Ports,
    samples::{self, Account},
    seed,
    session::Session,
    stack::{Options, Servers, Stack},
    tools::Tools,
};

/// Holds of tests may be this short, so that their end can be watched.
const HOLD_SECONDS_MIN: u32 = 2;
/// All tests come from one address.
const RATE_LIMIT: u32 = 1_000_000;

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
            ("BASE_URL".to_owned(), self.plan.origin.clone()),
            ("ADMIN_EMAIL".to_owned(), self.admin.email.clone()),
            ("ADMIN_PASSWORD".to_owned(), self.admin.password.clone()),
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
    let stack = build::all(session, Profile::Debug).and_then(|()| {
        let stack = Stack::start(session, tools, &options()?)?;
        seed::run(session, Profile::Debug, &stack)?;
        Ok(stack)
    });
    let mut outcomes = Vec::new();
    match stack {
        Ok(mut stack) => {
            let accounts = samples::open(session)?;
            let admin = accounts.into_iter().find(|account| account.role == "admin");
            let admin = admin.context("sample-accounts.json has no admin")?;
            for step in steps {
                let mut outcome = run_step(session, *step, || {
                    let system = System { plan: &stack.plan, admin: admin.clone() };
                    if *step == Step::Contract {
                        return contract::run(session, &system, filter);
                    }
                    let environment = system.environment(session);
                    let suite = browser::Suite { config: config_of(*step), environment, filter };
                    browser::run(session, suite, &mut || stack.tend())
                })?;
                // Only in the last step do processes die on purpose.
                if let (Some(died), false) = (stack.deaths(), *step == Step::Faults) {
                    outcome.tally.add(super::Tally::failure(died));
                }
                outcomes.push(outcome);
            }
        }
        Err(error) => {
            let reason = format!("the system did not start: {error:#}");
            for step in steps {
                outcomes.push(run_step(session, *step, || anyhow::bail!("{reason}"))?);
            }
        }
    }
    Ok(outcomes)
}

fn config_of(step: Step) -> &'static str {
    if step == Step::Faults { "playwright.faults.config.ts" } else { "playwright.config.ts" }
}

fn options() -> Result<Options> {
    let first_port = first_port();
    Ok(Options {
        profile: Profile::Debug,
        plain_cookies: false,
        public_port: Ports::from(first_port).take()?,
        first_port,
        instances: 1,
        tuning: Tuning { hold_seconds_min: Some(HOLD_SECONDS_MIN), rate_limit: Some(RATE_LIMIT) },
        // The report of the tests would drown in requests.
        quiet: true,
        servers: Servers::default(),
    })
}

/// Runs of several clones at the same time look for ports in different places.
pub(crate) fn first_port() -> u16 {
    let slot = u16::try_from(std::process::id() % 300).unwrap_or(0);
    15_000 + 50 * slot
}
