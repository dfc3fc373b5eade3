//! Packages from npm: Tailwind, wasm-opt and Playwright, as `package-lock.json` pins them.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{commands, environment, log, session::Session, space};

const MIN_NODE: u32 = 20;
const INSTALL_TIMEOUT: Duration = Duration::from_mins(10);

/// Installs the packages of the repository, and of the browser tests where those have their own.
pub(super) fn packages(session: &Session) -> Result<()> {
    check_node(session)?;
    for folder in [session.workspace.root.clone(), session.workspace.root.join("end2end")] {
        if folder.join("package-lock.json").is_file() && !is_current(&folder) {
            install(session, &folder)?;
        }
    }
    Ok(())
}

fn install(session: &Session, folder: &Path) -> Result<()> {
    if environment::which("npm").is_none() {
        bail!("npm is needed to install what package-lock.json pins, and there is no npm on PATH");
    }
    let mut command = Command::new("npm");
    command
        // Not `npm ci`: it refuses a lock file whose packages for other systems its registry did not have. This
        // installs the same pinned versions and hashes, and leaves the lock file alone.
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"])
        // The browser comes from the system; see `chromium`.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder);
    let what = "installing packages from npm";
    log::timed(what, || commands::run(session, what, &mut command, INSTALL_TIMEOUT)).with_context(|| {
        format!("the packages of package-lock.json cannot be installed ({})", space::likely_reason(folder))
    })
}

fn check_node(session: &Session) -> Result<()> {
    let mut command = Command::new("node");
    command.arg("--version");
    let answer =
        commands::capture(session, "asking for Node's version", &mut command, INSTALL_TIMEOUT, false);
    let Ok((_, text)) = answer else {
        session.stop.check()?;
        bail!("Node.js {MIN_NODE} or newer is needed to build the styles, and there is no node on PATH");
    };
    let major = text.trim().strip_prefix('v').and_then(|text| text.split('.').next()?.parse::<u32>().ok());
    match major {
        Some(major) if major >= MIN_NODE => Ok(()),
        _ => bail!("Node.js {MIN_NODE} or newer is needed; the one on PATH is {}", text.trim()),
    }
}

/// Whether `node_modules` holds what the lock file pins.
fn is_current(folder: &Path) -> bool {
    let read = |file: &str| -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(folder.join(file)).ok()?).ok()
    };
    match (read("package-lock.json"), read("node_modules/.package-lock.json")) {
        (Some(wanted), Some(present)) => holds(&wanted, &present),
        _ => false,
    }
}

/// Packages for other platforms are in the lock file but are never installed.
fn holds(wanted: &Value, present: &Value) -> bool {
    let Some(packages) = wanted["packages"].as_object() else { return false };
    packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package["optional"] != Value::Bool(true))
        .all(|(path, package)| present["packages"][path]["version"] == package["version"])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_installed_tree_holds_every_package_that_is_not_optional() {
        let wanted = json!({ "packages": {
            "": { "name": "root" },
            "node_modules/a": { "version": "1.0.0" },
            "node_modules/mac": { "version": "1.0.0", "optional": true },
        }});
        let present = |version: &str| json!({ "packages": { "node_modules/a": { "version": version } } });
        assert!(holds(&wanted, &present("1.0.0")));
        assert!(!holds(&wanted, &present("0.9.0")));
        assert!(!holds(&wanted, &json!({ "packages": {} })));
    }
}
