//! Creates databases, roles, streams and consumers: what services may use but never make.
//!
//! Every subcommand may run again at any time: it creates what is missing and leaves the rest. To add a
//! service, add it to [`events::topology::SERVICES`].

mod bus;
mod credentials;
mod keys;
mod nats_config;
mod postgres;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::credentials::Credentials;

/// Creates what services may use but never make.
#[derive(Debug, Parser)]
#[command(name = "provision", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One database and one role per service, on the server of `DATABASE_ADMIN_URL` (a superuser)
    Postgres {
        /// Passwords of the roles
        #[arg(long)]
        credentials: PathBuf,
    },
    /// The configuration file of a NATS server: accounts, users, permissions
    NatsConfig {
        /// Passwords of the users
        #[arg(long)]
        credentials: PathBuf,
        /// Where the server keeps its streams
        #[arg(long)]
        store_dir: PathBuf,
        /// Where the server listens, on 127.0.0.1
        #[arg(long)]
        port: u16,
        /// The file to write
        #[arg(long)]
        out: PathBuf,
    },
    /// Streams, buckets and durable consumers
    Bus {
        /// Passwords of the users
        #[arg(long)]
        credentials: PathBuf,
        /// The server, as host:port, nats://host:port or tls://host:port
        #[arg(long)]
        nats: String,
    },
    /// A new pair of keys that signs revocations, as JSON
    Keys,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("provision: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Postgres { credentials } => postgres::provision(&Credentials::read(&credentials)?).await,
        Command::NatsConfig { credentials, store_dir, port, out } => {
            nats_config::write(Credentials::read(&credentials)?, &store_dir, port, &out)
        }
        Command::Bus { credentials, nats } => bus::provision(&Credentials::read(&credentials)?, &nats).await,
        Command::Keys => keys::print(),
    }
}
