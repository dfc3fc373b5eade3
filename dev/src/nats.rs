//! A private NATS server with both accounts, and every permission as in production.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::{commands, paths, paths::Profile, process::Spec, ready::Probe, session::Session};

const CONFIG_TIMEOUT: Duration = Duration::from_mins(1);

/// Where a server listens whose address names no port.
pub(crate) const DEFAULT_PORT: u16 = 4222;

/// Writes the server's configuration; the provisioner knows accounts and permissions.
pub(crate) fn configure(session: &Session, profile: Profile, port: u16, store: &Path) -> Result<()> {
    paths::private_folder(store)?;
    let mut command = Command::new(session.workspace.binary(profile, "provision"));
    command
        .arg("nats-config")
        .arg("--credentials")
        .arg(session.data.credentials())
        .arg("--store-dir")
        .arg(store)
        .args(["--port", &port.to_string()])
        .arg("--out")
        .arg(session.data.nats_config());
    let (status, text) =
        commands::capture(session, "provision nats-config", &mut command, CONFIG_TIMEOUT, false)?;
    if !status.success() {
        bail!("the configuration of NATS could not be written: {}", text.trim());
    }
    Ok(())
}

/// How to run it.
pub(crate) fn spec(session: &Session, nats_server: &Path, port: u16) -> Spec {
    Spec {
        name: "nats".to_owned(),
        program: nats_server.to_owned(),
        arguments: vec!["--config".into(), session.data.nats_config().into()],
        environment: vec![("PATH".to_owned(), session.path.clone()), ("HOME".to_owned(), "/tmp".into())],
        folder: "/".into(),
        probe: Probe::Nats { port },
        stop_signal: Signal::TERM,
        quiet: true,
    }
}
