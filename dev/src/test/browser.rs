//! The running system in a browser, with Playwright.

use std::{fs, process::Command, time::Duration};

use anyhow::{Context as _, Result};

use super::{outcome::Tally, report};
use crate::{chromium, commands, session::Session};

const TIMEOUT: Duration = Duration::from_mins(45);

/// What is run in the browser.
pub(crate) struct Suite<'a> {
    /// Its configuration in `end2end/`.
    pub(crate) config: &'a str,
    /// Where the system is and who may sign in.
    pub(crate) environment: Vec<(String, String)>,
    /// Only tests whose name contains this.
    pub(crate) filter: Option<&'a str>,
}

/// Runs a suite, looking after the system meanwhile.
pub(crate) fn run(session: &Session, suite: Suite<'_>, tend: &mut dyn FnMut()) -> Result<Tally> {
    let browser = chromium::find(session)?;
    let result = session.data.0.join("playwright.json");
    // A suite that crashes must not be judged by what the one before it wrote.
    let _ = fs::remove_file(&result);
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test", "--reporter=list,json", "--config", suite.config])
        .envs(suite.environment)
        .env("CHROMIUM_PATH", browser)
        .env("RUN_RECORD", session.data.run())
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &result)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(session.workspace.root.join("end2end"));
    if let Some(filter) = suite.filter {
        command.args(["--pass-with-no-tests", "--grep", filter]);
    }
    let status = commands::run_while(session, "playwright", &mut command, TIMEOUT, tend)?;
    let text = fs::read_to_string(&result).context("Playwright left no report; its words are above")?;
    let report = serde_json::from_str(&text).context("Playwright's report cannot be read")?;
    Ok(report::of_playwright(&report).or_failure(status.success(), "playwright"))
}
