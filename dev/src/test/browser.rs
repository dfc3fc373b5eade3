//! The running system in a browser, with Playwright.

use std::{fs, process::Command, time::Duration};

use anyhow::{Context as _, Result};

use super::{outcome::Tally, report, system::System};
use crate::{chromium, commands, session::Session};

const TIMEOUT: Duration = Duration::from_mins(45);

pub(crate) fn run(session: &Session, system: &System<'_>, filter: Option<&str>) -> Result<Tally> {
    let browser = chromium::find(session)?;
    let result = session.data.0.join("playwright.json");
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test", "--reporter=list,json"])
        .envs(system.environment(session))
        .env("CHROMIUM_PATH", browser)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &result)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(session.workspace.root.join("end2end"));
    if let Some(filter) = filter {
        command.args(["--pass-with-no-tests", "--grep", filter]);
    }
    let status = commands::run_status(session, "playwright", &mut command, TIMEOUT)?;
    let text = fs::read_to_string(&result).context("Playwright left no report; its words are above")?;
    let report = serde_json::from_str(&text).context("Playwright's report cannot be read")?;
    Ok(report::of_playwright(&report).or_failure(status.success(), "playwright"))
}
