//! The configuration file of a NATS server.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use anyhow::{Context as _, Result};
use events::server_config::{self, Passwords, ServerSettings};

use crate::credentials::Credentials;

/// Writes the file, readable by its owner only: it holds every password.
pub(crate) fn write(credentials: Credentials, store_dir: &Path, port: u16, out: &Path) -> Result<()> {
    let settings = ServerSettings {
        host: "127.0.0.1".to_owned(),
        port: i32::from(port),
        store_dir: store_dir.to_owned(),
        ports_dir: None,
        sync_always: true,
    };
    let nats = credentials.nats;
    let passwords =
        Passwords { provisioner: nats.provisioner, events: nats.events, revocations: nats.revocations };
    let text = server_config::render(&settings, &passwords);
    save(out, &text).with_context(|| format!("{} cannot be written", out.display()))
}

/// Closed to others before the first password is in it.
fn save(out: &Path, text: &str) -> std::io::Result<()> {
    fs::write(out, "")?;
    fs::set_permissions(out, fs::Permissions::from_mode(0o600))?;
    fs::write(out, text)
}
