//! Builds everything that runs. One package selection for `up`, `test` and CI: another one would compile a
//! hundred crates a second time, because cargo chooses features by what is built together.

use std::{process::Command, time::Duration};

use anyhow::{Result, bail};

use crate::{
    commands, log,
    paths::{Profile, Workspace},
    session::Session,
    space,
};

/// The services and tools; the pages are built by cargo-leptos, and this program is running.
pub(crate) const SERVICES: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "dev"];
/// The pages' server as cargo-leptos builds it.
pub(crate) const PAGES: [&str; 5] = ["--package", "frontend", "--no-default-features", "--features", "ssr"];

const BUILD_TIMEOUT: Duration = Duration::from_mins(90);

/// Builds services, tools and pages.
pub(crate) fn all(session: &Session, profile: Profile) -> Result<()> {
    let mut services = Command::new("cargo");
    services.arg("build").args(SERVICES).current_dir(&session.workspace.root);
    let mut pages = Command::new("cargo");
    pages
        .args(["leptos", "build"])
        .env("LEPTOS_SITE_ROOT", Workspace::site_root_name(profile))
        // A backtrace of the build tool would hide the compiler's own words.
        .env("RUST_BACKTRACE", "0")
        .current_dir(&session.workspace.root);
    if profile == Profile::Release {
        services.arg("--release");
        pages.args(["--release", "--precompress"]);
    }
    run(session, "building services and tools", &mut services)?;
    run(session, "building the pages", &mut pages)
}

fn run(session: &Session, what: &str, command: &mut Command) -> Result<()> {
    log::timed(what, || {
        let status = commands::run_status(session, what, command, BUILD_TIMEOUT)?;
        if status.success() {
            return Ok(());
        }
        if space::is_full(&session.workspace.target) {
            bail!("{what} failed because the disk is full");
        }
        bail!("{what} failed; the compiler's reasons are above")
    })
}
