//! The environment that the launcher itself was started with.

use std::{ffi::OsString, path::PathBuf};

use anyhow::{Context as _, Result};

/// A variable that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one place where the launcher reads its environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The user's home folder.
pub(crate) fn home() -> Result<PathBuf> {
    variable("HOME").map(PathBuf::from).context("HOME is not set, so there is no place for downloaded tools")
}

/// Where tools are kept that the launcher installs: shared by all clones.
pub(crate) fn cache() -> Result<PathBuf> {
    let cache = match variable("XDG_CACHE_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => home()?.join(".cache"),
    };
    Ok(cache.join("ticketing-dev"))
}

/// Where cargo installs programs.
pub(crate) fn cargo_bin() -> Result<PathBuf> {
    let home = match variable("CARGO_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => home()?.join(".cargo"),
    };
    Ok(home.join("bin"))
}

/// `PATH` with folders put before everything else.
pub(crate) fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let path = variable("PATH").unwrap_or_default();
    std::env::join_paths(first.iter().cloned().chain(std::env::split_paths(&path)))
        .context("a folder's name contains a colon, so PATH cannot hold it")
}

/// The folder of `PATH` that holds a program.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
