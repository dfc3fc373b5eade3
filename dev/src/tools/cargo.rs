//! Build tools from crates.io, compiled once into cargo's home.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{commands, environment, log, session::Session, space};

const LEPTOS_VERSION: &str = "0.3.11";
const WASM: &str = "wasm32-unknown-unknown";
const ASK_TIMEOUT: Duration = Duration::from_mins(2);
const INSTALL_TIMEOUT: Duration = Duration::from_hours(1);

/// The standard library for the browser.
pub(super) fn wasm_target(session: &Session) -> Result<()> {
    let mut ask = Command::new("rustc");
    ask.args(["--print", "sysroot"]).current_dir(&session.workspace.root);
    let (status, sysroot) = commands::capture(session, "asking rustc", &mut ask, ASK_TIMEOUT, false)?;
    if status.success() && PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    if environment::which("rustup").is_none() {
        bail!("Rust's target {WASM} is missing, and there is no rustup on PATH to add it");
    }
    let what = format!("adding the Rust target {WASM}");
    let mut add = Command::new("rustup");
    add.args(["target", "add", WASM]).current_dir(&session.workspace.root);
    log::timed(&what, || commands::run(session, &what, &mut add, INSTALL_TIMEOUT)).with_context(|| {
        let reason = space::likely_reason(Path::new(sysroot.trim()));
        format!("Rust's target {WASM} is missing and rustup could not add it ({reason})")
    })
}

/// The program that must match the `wasm-bindgen` crate to the last digit.
pub(super) fn wasm_bindgen(session: &Session, cache: &Path) -> Result<()> {
    let lock =
        fs::read_to_string(session.workspace.root.join("Cargo.lock")).context("Cargo.lock is missing")?;
    let Some(wanted) = locked_version(&lock, "wasm-bindgen") else {
        bail!("Cargo.lock names no version of wasm-bindgen");
    };
    if installed_version(session, "wasm-bindgen").as_deref() == Some(wanted) {
        return Ok(());
    }
    // Without its TLS stack and little optimised it compiles in half the time; it only reads and writes files.
    let version = format!("={wanted}");
    let arguments =
        ["wasm-bindgen-cli", "--version", &version, "--no-default-features", "--bin", "wasm-bindgen"];
    let profile = [("OPT_LEVEL", "1"), ("LTO", "false"), ("CODEGEN_UNITS", "16"), ("DEBUG", "0")];
    let environment =
        profile.map(|(name, value)| (format!("CARGO_PROFILE_RELEASE_{name}"), value.to_owned()));
    install(session, cache, &format!("wasm-bindgen {wanted}"), &arguments, &environment)
}

/// The build tool of the pages.
pub(super) fn leptos(session: &Session, cache: &Path) -> Result<()> {
    if installed_version(session, "cargo-leptos").as_deref() == Some(LEPTOS_VERSION) {
        return Ok(());
    }
    // Its lock file names a crate that asks for a newer Rust than it needs, and it must not download tools.
    let arguments = [
        "cargo-leptos",
        "--version",
        LEPTOS_VERSION,
        "--locked",
        "--ignore-rust-version",
        "--features",
        "no_downloads",
        "--debug",
    ];
    let environment = [("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".to_owned())];
    let name = format!("cargo-leptos {LEPTOS_VERSION} (the longest step, once per machine)");
    install(session, cache, &name, &arguments, &environment)
}

fn install(
    session: &Session,
    cache: &Path,
    name: &str,
    arguments: &[&str],
    environment: &[(String, String)],
) -> Result<()> {
    // Outside the workspace's target folder, and kept until it is done: an interrupted install goes on later.
    let target = cache.join("install");
    let mut command = Command::new("cargo");
    command
        .args(["install", "--force"])
        .args(arguments)
        .arg("--target-dir")
        .arg(&target)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(&session.workspace.root);
    let what = format!("installing {name}");
    log::timed(&what, || commands::run(session, &what, &mut command, INSTALL_TIMEOUT))
        .with_context(|| format!("{name} cannot be installed ({})", space::likely_reason(cache)))?;
    let _ = fs::remove_dir_all(&target);
    Ok(())
}

/// What the program on `PATH` says of itself.
fn installed_version(session: &Session, program: &str) -> Option<String> {
    let file = environment::cargo_bin().ok()?.join(program);
    let program = if file.is_file() { file } else { environment::which(program)? };
    let mut command = Command::new(program);
    command.arg("--version").current_dir(&session.workspace.root);
    let (status, text) =
        commands::capture(session, "asking for a version", &mut command, ASK_TIMEOUT, false).ok()?;
    status.success().then(|| text.split_whitespace().nth(1).map(str::to_owned))?
}

/// The version of a package in `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_of_that_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "serde"), None);
    }
}
