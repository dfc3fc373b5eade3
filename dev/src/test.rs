//! `cargo dev test`.
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;
/// t
#[derive(Debug, Args)]
pub(crate) struct Arguments {}
pub(crate) fn run(_: &Arguments) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
