//! Servers that are there already, instead of private ones: `DATABASE_URL` and `NATS_URL`.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context as _, Error, Result, anyhow, bail};

use crate::{commands, environment, paths::Data, session::Session};

const ASK_TIMEOUT: Duration = Duration::from_secs(30);
/// The oldest Postgres that has what the migrations use.
const MIN_POSTGRES: u32 = 18;

/// Servers of the user.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers {
    pub(crate) postgres: Option<String>,
    pub(crate) nats: Option<String>,
}

impl Servers {
    /// From `DATABASE_URL` and `NATS_URL`.
    pub(crate) fn of_user() -> Self {
        Self { postgres: environment::variable("DATABASE_URL"), nats: environment::variable("NATS_URL") }
    }

    /// What is in somebody's own servers is theirs to remove.
    pub(crate) fn refuse_fresh(&self) -> Result<()> {
        let named = [("DATABASE_URL", &self.postgres), ("NATS_URL", &self.nats)];
        let named: Vec<&str> = named.iter().filter(|(_, url)| url.is_some()).map(|(name, _)| *name).collect();
        if named.is_empty() {
            return Ok(());
        }
        bail!(
            "--fresh would not touch the servers of {}: remove databases and streams there yourself, or start \
             without --fresh",
            named.join(" and ")
        )
    }

    /// Where samples were put, to know a server that has none yet.
    pub(crate) fn database_place(&self) -> &str {
        self.postgres.as_deref().and_then(host).unwrap_or("private")
    }

    /// Fails when the Postgres of the user is too old, out of reach, or lets us not in. Asked before the long
    /// steps, if there is a `psql`; the provisioner asks again.
    pub(crate) fn check_postgres(&self, session: &Session, postgres_bin: &Path) -> Result<()> {
        let Some(url) = &self.postgres else { return Ok(()) };
        let own = Some(postgres_bin.join("psql")).filter(|program| program.is_file());
        let Some(psql) = own.or_else(|| environment::which("psql")) else { return Ok(()) };
        let (url, password) = without_password(url);
        let mut command = Command::new(psql);
        command
            .args(["--no-psqlrc", "--no-password", "--tuples-only", "--no-align"])
            .args(["--command", "show server_version_num", "--dbname", &url])
            .env("PGCONNECT_TIMEOUT", "10");
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        let asked = commands::capture(session, "asking Postgres", &mut command, ASK_TIMEOUT, false);
        let (status, text) = asked.context("DATABASE_URL is not usable")?;
        let words = text.lines().next().unwrap_or_default().trim();
        if !status.success() {
            bail!("DATABASE_URL is not usable: {words}");
        }
        judge_version(words)
    }
}

/// A NATS server takes no users from us: it must load them.
pub(crate) fn explain_refusal(data: &Data, error: Error) -> Error {
    if !format!("{error:#}").to_lowercase().contains("authorization violation") {
        return error.context("the NATS server of NATS_URL cannot be used");
    }
    anyhow!(
        "the NATS server of NATS_URL does not know the users of this system: load {} into that server (nats-server \
         --config), then start again",
        data.nats_config().display()
    )
}

/// `180006` is 18.6.
fn judge_version(number: &str) -> Result<()> {
    let major = number.parse::<u32>().ok().map(|number| number / 10_000);
    match major {
        Some(major) if major >= MIN_POSTGRES => Ok(()),
        Some(major) => {
            bail!("the server of DATABASE_URL is Postgres {major}, and {MIN_POSTGRES} or newer is needed")
        }
        None => bail!("the server of DATABASE_URL does not tell its version"),
    }
}

/// `host:port` of a URL.
fn host(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?']).next()?;
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
}

/// A URL for everybody's eyes (arguments are), and its password.
fn without_password(url: &str) -> (String, Option<String>) {
    let found = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (user, place) = rest[..end].rsplit_once('@')?;
        let (user, password) = user.split_once(':')?;
        Some((format!("{scheme}://{user}@{place}{}", &rest[end..]), decoded(password)))
    });
    match found {
        Some((url, password)) => (url, Some(password)),
        None => (url.to_owned(), None),
    }
}

/// `%40` is `@`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_is_refused_where_the_data_are_not_ours() {
        assert!(Servers::default().refuse_fresh().is_ok());
        let servers = Servers { postgres: Some("postgres://db".to_owned()), nats: None };
        let words = servers.refuse_fresh().unwrap_err().to_string();
        assert!(words.contains("DATABASE_URL") && !words.contains("NATS_URL"), "{words}");
    }

    #[test]
    fn a_bus_that_refuses_us_is_to_load_our_users() {
        let data = Data("/clone/.data".into());
        let refused = anyhow!("provision bus failed: Caused by: Authorization Violation: nats");
        let words = format!("{:#}", explain_refusal(&data, refused));
        assert!(words.contains("load /clone/.data/nats.conf into that server"), "{words}");
        let away = format!("{:#}", explain_refusal(&data, anyhow!("connection refused")));
        assert!(away.contains("NATS_URL") && away.contains("connection refused"), "{away}");
    }

    #[test]
    fn an_old_postgres_is_refused_by_its_version() {
        assert!(judge_version("180006").is_ok());
        assert!(judge_version("190000").is_ok());
        assert!(judge_version("170009").unwrap_err().to_string().contains("Postgres 17"));
        assert!(judge_version("").is_err());
    }

    #[test]
    fn a_password_is_no_argument() {
        let (url, password) = without_password("postgres://me:a%40b%@db:5432/x?sslmode=require");
        assert_eq!(url, "postgres://me@db:5432/x?sslmode=require");
        assert_eq!(password.as_deref(), Some("a@b%"));
        assert_eq!(without_password("postgres://db/x@y").0, "postgres://db/x@y");
    }

    #[test]
    fn samples_are_remembered_by_the_server_that_holds_them() {
        assert_eq!(Servers::default().database_place(), "private");
        let servers = Servers { postgres: Some("postgres://me:pw@db:5432/x".to_owned()), nats: None };
        assert_eq!(servers.database_place(), "db:5432");
    }
}
