//! The first admin, sample people and sample shows, once per data folder.

use std::{fs, process::Command, time::Duration};

use anyhow::{Context as _, Result, bail};

use crate::{
    commands, log,
    paths::{self, Profile},
    samples,
    servers::Servers,
    service::Service,
    session::Session,
    stack::Stack,
};

const TIMEOUT: Duration = Duration::from_mins(5);

/// Creates the first admin, then fills the system through its public API.
pub(crate) fn run(session: &Session, profile: Profile, stack: &Stack<'_>) -> Result<()> {
    let marker = session.data.seeded();
    let line = marker_line(&stack.servers);
    if fs::read_to_string(&marker).is_ok_and(|text| is_marked(&text, &line)) {
        return Ok(());
    }
    log::timed("creating sample accounts and shows", || {
        create_admin(session, profile, stack)?;
        fill(session, profile, stack)
    })?;
    paths::private_file(&marker, &format!("{line}\nRemove this file to add them again.\n"))
}

/// Samples are in one server; another one has none.
fn marker_line(servers: &Servers) -> String {
    format!("Sample data are in the database server: {}", servers.database_place())
}

fn is_marked(text: &str, line: &str) -> bool {
    text.lines().next() == Some(line)
}

/// Nobody can become an admin through the API, so auth's own program makes the first one.
fn create_admin(session: &Session, profile: Profile, stack: &Stack<'_>) -> Result<()> {
    let accounts = samples::open(session)?;
    let admin = accounts.iter().find(|account| account.role == "admin");
    let admin = admin.context("sample-accounts.json has no admin")?;
    let auth = stack.plan.instances.iter().find(|instance| instance.service == Service::Auth);
    let auth = auth.context("there is no auth service")?;
    let mut command = Command::new(session.workspace.binary(profile, &Service::Auth.binary()));
    command
        .args(["create-admin", "--email", &admin.email, "--name", &admin.name])
        .env_clear()
        .envs(stack.plan.environment(*auth)?)
        .env("LOG_FORMAT", "text")
        .env("ADMIN_PASSWORD", &admin.password)
        .envs(admin.totp.as_ref().map(|secret| ("ADMIN_TOTP_SECRET", secret)));
    let (status, text) = commands::capture(session, "creating the admin", &mut command, TIMEOUT, false)?;
    if !status.success() {
        bail!("the first admin could not be created: {}", text.trim());
    }
    Ok(())
}

fn fill(session: &Session, profile: Profile, stack: &Stack<'_>) -> Result<()> {
    let mut command = Command::new(session.workspace.binary(profile, "seed"));
    command
        .args(["--base-url", &stack.local_url()])
        .arg("--accounts")
        .arg(session.data.samples())
        // A backtrace would hide what the services answered.
        .env("RUST_BACKTRACE", "0")
        .current_dir(&session.workspace.root);
    let status = commands::run_status(session, "seed", &mut command, TIMEOUT)?;
    if !status.success() {
        bail!(
            "the sample data could not be created ({status}); the reason is above, and the next start tries again"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_server_has_no_samples_yet() {
        let line = |url: Option<&str>| {
            marker_line(&Servers { postgres: url.map(str::to_owned), ..Servers::default() })
        };
        let (own, other) = (line(None), line(Some("postgres://me:pw@db:5432/x")));
        assert!(is_marked(&format!("{own}\nmore\n"), &own));
        assert!(!is_marked(&own, &other));
        assert!(!is_marked(&other, &own));
        assert!(!other.contains("pw"));
    }
}
