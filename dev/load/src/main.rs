//! Measures a running system from outside, as browsers and people's programs see it.
//!
//! Figures of one machine mean little on another, so every rate and latency stands beside the same figure of the
//! cheapest answer that a service can give (`/livez`, asked without the ingress), measured in the same run and in
//! turns with it. It prints; one thing alone fails: somebody banned whose request was accepted later than promised.
//!
//! To measure something else, add a module and a variant to [`Part`].

mod assets;
mod bans;
mod buying;
mod memory;
mod people;
mod reading;
mod recovery;
mod samples;
mod signin;
mod system;
mod table;
mod timing;
mod traffic;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use std::{path::PathBuf, time::Duration};
use system::System;

/// Measures a running system.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the system is.
    #[arg(long)]
    base_url: String,
    /// The launcher's record of the processes that run.
    #[arg(long)]
    run: PathBuf,
    /// The sample accounts, of which the admin bans.
    #[arg(long)]
    accounts: PathBuf,
    /// Seconds of each stretch of traffic.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// How many people are banned, in all.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=5000))]
    bans: u32,
    /// Requests per second while people are banned.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    asked: u32,
    /// Only these parts, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Part {
    /// Bytes that a browser loads first.
    Assets,
    /// Resident memory of each process.
    Memory,
    /// Pages and questions to the API.
    Reading,
    /// Holds and purchases.
    Buying,
    /// Sign-ins, a rush of them, and what their time tells.
    Signin,
    /// From a ban to its refusal everywhere, also while parts are cut off, paused or killed.
    Bans,
    /// From the death of a process to its return.
    Recovery,
}

impl Part {
    /// Memory before the load that it grows by.
    const ALL: [Self; 7] =
        [Self::Assets, Self::Memory, Self::Reading, Self::Buying, Self::Signin, Self::Bans, Self::Recovery];
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let system = System::open(&arguments.base_url, arguments.run.clone(), &arguments.accounts)?;
    let stretch = Duration::from_secs(arguments.seconds);
    let wanted = |part: &Part| arguments.only.is_empty() || arguments.only.contains(part);
    for part in Part::ALL.into_iter().filter(wanted) {
        measure(part, &system, stretch, &arguments).await.with_context(|| format!("measuring {part:?}"))?;
    }
    Ok(())
}

async fn measure(
    part: Part,
    system: &System,
    stretch: Duration,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    match part {
        Part::Assets => assets::measure(system).await,
        Part::Memory => memory::measure(system, "at rest"),
        Part::Reading => reading::measure(system, stretch).await,
        Part::Buying => {
            buying::measure(system, stretch).await?;
            memory::measure(system, "after the load")
        }
        Part::Signin => signin::measure(system, stretch).await,
        Part::Bans => bans::measure(system, usize::try_from(arguments.bans)?, arguments.asked).await,
        Part::Recovery => recovery::measure(system).await,
    }
}
