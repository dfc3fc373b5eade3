//! Passwords of roles and users, as `cargo dev` or an operator's secret store writes them.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// The file; other secrets in it are not ours to read.
#[derive(Debug, Deserialize)]
pub(crate) struct Credentials {
    pub(crate) postgres: Postgres,
    pub(crate) nats: Nats,
}

/// Passwords of database roles.
#[derive(Debug, Deserialize)]
pub(crate) struct Postgres {
    /// Of the superuser, where we made the server: then it is ours alone.
    #[serde(default)]
    pub(crate) superuser: Option<String>,
    /// By service.
    pub(crate) roles: BTreeMap<String, String>,
}

/// Passwords of the users of the two accounts.
#[derive(Debug, Deserialize)]
pub(crate) struct Nats {
    /// Of the user that creates streams and consumers, in both accounts.
    pub(crate) provisioner: String,
    /// Users of the event account, named as their service.
    pub(crate) events: BTreeMap<String, String>,
    /// Users of the revocation account, named `<service>-revocations`; keyed by service here.
    pub(crate) revocations: BTreeMap<String, String>,
}

impl Credentials {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no file of credentials", path.display()))
    }
}
