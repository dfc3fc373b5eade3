//! The developer tool behind `cargo dev`: starts, shows and proves the whole system with one command.
//!
//! Each command is one module (`up`, `code`, `rotate-keys`, `status`, `logs`, `provision`, `test`, `bench`, `breakages`); the
//! rest are the parts that they share. To add a service, add a variant to [`service::Service`] and its values to [`config`].

mod address;
mod bench;
mod breakages;
mod build;
mod chromium;
mod code;
mod codes;
mod commands;
mod config;
mod credentials;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod documents;
mod environment;
mod http;
mod leftovers;
mod lines;
mod link;
mod lock;
mod log;
mod log_file;
mod logs;
mod nats;
mod paths;
mod ports;
mod postgres;
mod process;
mod processes;
mod provision;
mod ready;
mod record;
mod rotate_keys;
mod samples;
mod second_path;
mod seed;
mod servers;
mod service;
mod session;
mod space;
mod stack;
mod status;
mod stop;
mod test;
mod tools;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Ticketing.dev's developer tool.
#[derive(Debug, Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what is missing, build, and run everything until Ctrl-C
    Up(up::Arguments),
    /// Show the code of now that a sample account signs in with, beside its password
    Code(code::Arguments),
    /// Show what runs: process ids, ports, readiness, restarts
    Status,
    /// Show the log of one process
    Logs(logs::Arguments),
    /// Create databases, roles, streams and consumers again in the running system
    Provision,
    /// Prove the product: format, lints, tests, contracts and browser
    Test(test::Arguments),
    /// Measure the optimised system: sizes, memory, latency, throughput, bans, recovery
    Bench(bench::Arguments),
    /// Break the ban protocol on purpose, and show that a test goes red each time
    Breakages(breakages::Arguments),
    /// Replace the keys that sign tokens, in the running system
    RotateKeys(rotate_keys::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Up(arguments) => up::run(&arguments),
        Command::Code(arguments) => code::run(&arguments),
        Command::Status => status::run(),
        Command::Logs(arguments) => logs::run(&arguments),
        Command::Provision => provision::run(),
        Command::Test(arguments) => test::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Breakages(arguments) => breakages::run(&arguments),
        Command::RotateKeys(arguments) => rotate_keys::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if error.is::<stop::Stopped>() => ExitCode::from(130),
        Err(error) => {
            log::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
