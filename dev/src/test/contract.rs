//! Every answer of the running services against their OpenAPI documents.

use std::{process::Command, time::Duration};

use anyhow::Result;

use super::{outcome::Tally, report, system::System};
use crate::{commands, session::Session, tools};

const TIMEOUT: Duration = Duration::from_mins(30);
/// Prints `FAILED <name>` per failure and, last, `N passed, M failed, K skipped`.
const SCRIPT: &str = "end2end/contracts/run.py";

pub(crate) fn run(session: &Session, system: &System<'_>, filter: Option<&str>) -> Result<Tally> {
    let mut command = Command::new("python3");
    command
        .arg(session.workspace.root.join(SCRIPT))
        // Names of operations, such as `POST /api/orders`.
        .args(filter)
        // Or it would leave compiled files beside the sources.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(system.environment(session))
        .env("SCHEMATHESIS_HOME", tools::schemathesis(session)?)
        .current_dir(&session.workspace.root);
    let (status, text) = commands::capture(session, SCRIPT, &mut command, TIMEOUT, true)?;
    let tally = report::of_script(&text).or_failure(status.success(), SCRIPT);
    if tally.is_empty() && filter.is_none() {
        return Ok(Tally::failure(format!("{SCRIPT} did not say what it checked")));
    }
    Ok(tally)
}
