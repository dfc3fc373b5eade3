//! How a process is asked whether it is ready.

use std::{
    io::Read as _,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use crate::http;

/// The question that a process answers when it is ready.
#[derive(Clone, Debug)]
pub(crate) enum Probe {
    /// `GET` of a path.
    Http { port: u16, path: &'static str },
    /// The greeting of a NATS server.
    Nats { port: u16 },
    /// `pg_isready`.
    Postgres { port: u16, pg_isready: PathBuf },
}

impl Probe {
    /// `Ok` when ready, otherwise what it waits for.
    pub(crate) fn ask(&self) -> Result<(), String> {
        match self {
            Self::Http { port, path } => http_ready(*port, path),
            Self::Nats { port } => nats_ready(*port),
            Self::Postgres { port, pg_isready } => {
                let asked = Command::new(pg_isready)
                    .args(["-q", "-h", "127.0.0.1", "-t", "2", "-p", &port.to_string()])
                    .stdin(Stdio::null())
                    .status();
                match asked {
                    Ok(status) if status.success() => Ok(()),
                    Ok(_) => Err("does not accept connections yet".to_owned()),
                    Err(error) => Err(format!("pg_isready cannot be run: {error}")),
                }
            }
        }
    }

    pub(crate) fn port(&self) -> u16 {
        match self {
            Self::Http { port, .. } | Self::Nats { port } | Self::Postgres { port, .. } => *port,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Http { .. } => "http",
            Self::Nats { .. } => "nats",
            Self::Postgres { .. } => "postgres",
        }
    }
}

/// Asks `/readyz` (or what stands in for it).
pub(crate) fn http_ready(port: u16, path: &str) -> Result<(), String> {
    match http::get(port, path) {
        None => Err("does not answer yet".to_owned()),
        Some(answer) if answer.status == 200 => Ok(()),
        Some(answer) if answer.body.is_empty() || answer.body.starts_with('<') => {
            Err(format!("answers {}", answer.status))
        }
        Some(answer) => Err(format!("answers {} {}", answer.status, first(&answer.body, 200))),
    }
}

/// A NATS server greets with `INFO {…}`.
pub(crate) fn nats_ready(port: u16) -> Result<(), String> {
    let waiting = || "does not greet yet".to_owned();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream =
        TcpStream::connect_timeout(&address, Duration::from_millis(500)).map_err(|_| waiting())?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).map_err(|_| waiting())?;
    let mut greeting = [0; 5];
    stream.read_exact(&mut greeting).map_err(|_| waiting())?;
    if &greeting == b"INFO " { Ok(()) } else { Err("another program answers on its port".to_owned()) }
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}
