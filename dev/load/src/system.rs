//! The system under measurement: its address, its processes, who may sign in.

use anyhow::Context;
use serde::Deserialize;
use std::{fs, path::Path, path::PathBuf, time::Duration};

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running system.
#[derive(Clone, Debug)]
pub(crate) struct System {
    /// Its public address, without a slash at the end.
    pub(crate) base: String,
    /// For requests of nobody in particular.
    pub(crate) http: reqwest::Client,
    /// The accounts of the samples.
    pub(crate) accounts: Accounts,
    run: PathBuf,
}

/// What the launcher records.
#[derive(Deserialize)]
struct Run {
    postgres: Option<String>,
    processes: Vec<Process>,
}

/// Who may sign in.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Accounts {
    /// Bans people.
    pub(crate) admin: Account,
    /// Sells tickets.
    pub(crate) seller: Account,
}

/// Somebody's way in.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) name: String,
    /// Secret of the authenticator app, where there is one.
    pub(crate) totp: Option<String>,
}

/// A process as the launcher records it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Process {
    /// Such as `orders`, or `orders-2`.
    pub(crate) name: String,
    pub(crate) pid: u32,
    pub(crate) port: Option<u16>,
}

/// One process of a service that knows who a token belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Such as `orders-2`.
    pub(crate) name: String,
    /// Such as `orders`.
    pub(crate) service: &'static str,
    /// Where it listens; it stays the same after a restart.
    pub(crate) port: u16,
}

/// Services that know who a token belongs to.
pub(crate) const SERVICES: [&str; 6] =
    ["auth", "tickets", "orders", "expiration", "payments", "notifications"];

impl System {
    /// Reads what the launcher wrote.
    pub(crate) fn open(base: &str, run: PathBuf, accounts: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(accounts).context("the accounts cannot be read")?;
        let accounts = serde_json::from_str(&text).context("the accounts cannot be understood")?;
        let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http, accounts, run })
    }

    /// The processes that run now.
    pub(crate) fn processes(&self) -> anyhow::Result<Vec<Process>> {
        Ok(self.run()?.processes)
    }

    fn run(&self) -> anyhow::Result<Run> {
        let text = fs::read_to_string(&self.run).context("the launcher's record cannot be read")?;
        serde_json::from_str(&text).context("the launcher's record cannot be understood")
    }

    /// One of them.
    pub(crate) fn process(&self, name: &str) -> anyhow::Result<Process> {
        let mut all = self.processes()?.into_iter();
        all.find(|process| process.name == name).with_context(|| format!("no process {name}"))
    }

    /// Every instance of every service that knows who a token belongs to.
    pub(crate) fn instances(&self) -> anyhow::Result<Vec<Instance>> {
        let of = |process: Process| {
            let service = SERVICES.into_iter().find(|service| is_instance(&process.name, service))?;
            Some(Instance { name: process.name, service, port: process.port? })
        };
        Ok(self.processes()?.into_iter().filter_map(of).collect())
    }

    /// A service's database, as the superuser.
    pub(crate) fn database(&self, service: &str) -> anyhow::Result<String> {
        let server = self.run()?.postgres.context("the launcher's record names no Postgres")?;
        let (start, _) = server.rsplit_once('/').context("the address of Postgres cannot be understood")?;
        Ok(format!("{start}/{service}"))
    }

    /// The cheapest answer of a service: no ingress, no database, no token.
    pub(crate) fn cheapest(&self) -> anyhow::Result<String> {
        let port = self.process("tickets")?.port.context("tickets has a port")?;
        Ok(format!("http://127.0.0.1:{port}/livez"))
    }
}

/// `orders` and `orders-2` are instances of orders.
fn is_instance(process: &str, service: &str) -> bool {
    process.strip_prefix(service).is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::is_instance;

    #[test]
    fn instances_are_known_by_their_names() {
        assert!(is_instance("orders", "orders") && is_instance("orders-2", "orders"));
        assert!(!is_instance("orders-revocations", "orders") && !is_instance("payments", "orders"));
    }
}
