//! A Chromium for the browser tests: an installed one, or Debian's.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{commands, environment, log, session::Session, space};

/// The shell first: without the parts that only a window needs, the tests take a third less time.
const NAMES: [&str; 6] =
    [SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const SHELL: &str = "chromium-headless-shell";
const APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const INSTALL_TIMEOUT: Duration = Duration::from_mins(15);

/// The browser's program, installing it where that is possible without asking.
pub(crate) fn find(session: &Session) -> Result<PathBuf> {
    if let Some(browser) = installed() {
        return Ok(browser);
    }
    if !environment::is_root() || environment::which("apt-get").is_none() {
        bail!(
            "the browser tests need Chromium or Chrome, and none is installed (on Debian: apt-get install \
             {SHELL}); or name one in CHROMIUM_PATH, or leave the browser out with --only"
        );
    }
    let what = "installing Debian's Chromium";
    log::timed(what, || {
        for arguments in [&["update", "-q"][..], &["install", "-y", "-q", "--no-install-recommends", SHELL]] {
            let mut command = Command::new("apt-get");
            command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
            commands::run(session, what, &mut command, INSTALL_TIMEOUT)?;
        }
        anyhow::Ok(())
    })
    .with_context(|| format!("{SHELL} cannot be installed ({})", space::likely_reason(Path::new("/usr"))))?;
    installed().context("Chromium was installed but is not on PATH")
}

fn installed() -> Option<PathBuf> {
    let named = environment::variable("CHROMIUM_PATH").map(PathBuf::from);
    named
        .into_iter()
        .chain(NAMES.iter().filter_map(|name| environment::which(name)))
        .chain(APPLICATIONS.iter().map(PathBuf::from))
        .find(|program| Path::new(program).is_file())
}
