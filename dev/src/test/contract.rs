//! Every answer of the running services against their OpenAPI documents.

use std::{process::Command, time::Duration};

use anyhow::Result;

use super::{outcome::Tally, report, system::System};
use crate::{commands, log, session::Session, tools};

const TIMEOUT: Duration = Duration::from_mins(30);
/// Prints `FAILED <name>` per failure and, last, `N passed, M failed, K skipped`.
const SCRIPT: &str = "end2end/contracts.sh";

pub(crate) fn run(session: &Session, system: &System<'_>, filter: Option<&str>) -> Result<Tally> {
    let script = session.workspace.root.join(SCRIPT);
    if !script.is_file() {
        log::warn(&format!("{SCRIPT} is not there; the contracts are not checked"));
        return Ok(Tally { skipped: 1, ..Tally::default() });
    }
    let mut command = Command::new("bash");
    command
        .arg(&script)
        .args(filter)
        .envs(system.environment(session))
        .env("SCHEMATHESIS_HOME", tools::schemathesis(session)?)
        .current_dir(&session.workspace.root);
    let (status, text) = commands::capture(session, SCRIPT, &mut command, TIMEOUT, true)?;
    let mut tally = report::of_script(&text).or_failure(status.success(), SCRIPT);
    if tally.is_empty() {
        tally = Tally::failure(format!("{SCRIPT} did not say what it checked"));
    }
    Ok(tally)
}
