//! `cargo dev code`: the code that a sample account signs in with, beside its password.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    codes, log,
    paths::{Data, Workspace},
    samples,
};

/// What `code` can be told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Whose
    #[arg(default_value = "admin")]
    role: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let data = Data(Workspace::find()?.root.join(".data"));
    let accounts = samples::read_all(&data.samples());
    let accounts = accounts.context("there are no sample accounts: start with cargo dev up")?;
    let account = accounts.iter().find(|account| account.role == arguments.role);
    let account = account.with_context(|| format!("there is no sample account {}", arguments.role))?;
    let secret = account.totp.as_deref();
    let secret = secret.with_context(|| format!("{} signs in with the password alone", account.email))?;
    let (code, seconds) = codes::of_now(secret)?;
    log::print(&format!("{code}   (for {seconds} more seconds; it works once)"));
    Ok(ExitCode::SUCCESS)
}
