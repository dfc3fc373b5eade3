//! The configuration file of a NATS server.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt as _, path::Path};

use anyhow::{Context as _, Result};

use crate::credentials::{Credentials, PROVISIONER};

/// Writes the file, readable by its owner only: it holds every password.
pub(crate) fn write(credentials: &Credentials, store_dir: &Path, port: u16, out: &Path) -> Result<()> {
    let text = render(credentials, store_dir, port)?;
    fs::write(out, "").with_context(|| format!("{} cannot be written", out.display()))?;
    fs::set_permissions(out, fs::Permissions::from_mode(0o600))?;
    fs::write(out, text).with_context(|| format!("{} cannot be written", out.display()))
}

fn render(credentials: &Credentials, store_dir: &Path, port: u16) -> Result<String> {
    let mut text = format!(
        "listen: \"127.0.0.1:{port}\"\njetstream {{\n  store_dir: {store_dir:?}\n  sync_interval: always\n}}\naccounts {{\n"
    );
    for (account, suffix, users) in [
        ("EVENTS", "", &credentials.nats.events),
        ("REVOCATIONS", "-revocations", &credentials.nats.revocations),
    ] {
        writeln!(text, "  {account} {{\n    jetstream: enabled\n    users: [")?;
        for (service, password) in users {
            writeln!(text, "      {{ user: {service}{suffix}, password: \"{password}\" }}")?;
        }
        writeln!(text, "    ]\n  }}")?;
    }
    writeln!(text, "}}")?;
    debug_assert!(credentials.nats.events.contains_key(PROVISIONER));
    Ok(text)
}
