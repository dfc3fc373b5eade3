//! `cargo dev rotate-keys`: new signing keys in the system that `cargo dev up` runs, while it runs.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::{
    config::Address,
    log,
    paths::{Data, Profile, Workspace},
    record::Run,
    service::Service,
};

/// How.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Seconds until the new key signs: everybody must have heard of it by then
    #[arg(long = "in", value_name = "SECONDS", conflicts_with = "leaked")]
    ahead: Option<u32>,
    /// The old keys have leaked: refuse all their tokens at once
    #[arg(long)]
    leaked: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let data = Data(workspace.root.join(".data"));
    let run = Run::read(&data.run()).context("nothing runs; start it with `cargo dev up`")?;
    let (Some(admin_url), Some(nats)) = (&run.postgres, &run.nats) else {
        bail!("it is still starting; try again when it is ready");
    };
    let profile = if run.release { Profile::Release } else { Profile::Debug };
    let mut command = Command::new(workspace.binary(profile, &Service::Auth.binary()));
    command.arg("rotate-keys").env_clear().envs(environment(&data, admin_url, nats)?);
    if let Some(ahead) = arguments.ahead {
        command.args(["--in", &ahead.to_string()]);
    }
    if arguments.leaked {
        command.arg("--leaked");
    }
    let output = command.output().context("the auth service's program cannot be run")?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    if !output.status.success() {
        bail!("the keys were not replaced: {}", text.trim());
    }
    text.lines().for_each(log::say);
    Ok(ExitCode::SUCCESS)
}

/// What the operator's command takes: auth's database, its user of the revocation account, and what it signs with.
fn environment(data: &Data, admin_url: &str, nats: &str) -> Result<[(&'static str, String); 3]> {
    let text = std::fs::read_to_string(data.credentials()).context("credentials.json cannot be read")?;
    let credentials: Value = serde_json::from_str(&text).context("credentials.json is damaged")?;
    let secret = |pointer: &str| {
        let found = credentials.pointer(pointer).and_then(Value::as_str);
        found.with_context(|| format!("credentials.json has no {pointer}"))
    };
    let Address { scheme, host, options } = Address::of_url(admin_url, &["postgres", "postgresql"])?;
    let database = format!("{scheme}://auth:{}@{host}/auth{options}", secret("/postgres/roles/auth")?);
    let (scheme, host) = nats.split_once("://").unwrap_or(("nats", nats));
    let bus = format!("{scheme}://auth-revocations:{}@{host}", secret("/nats/revocations/auth")?);
    Ok([
        ("DATABASE_URL", database),
        ("NATS_REVOCATIONS_URL", bus),
        ("REVOCATION_SECRET_KEY", secret("/revocation_keys/secret")?.to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_command_gets_auths_own_rights_and_no_more() {
        let folder = std::env::temp_dir().join(format!("dev-rotate-keys-{}", std::process::id()));
        let data = Data::create(folder.clone()).unwrap();
        let credentials = json!({
            "postgres": { "superuser": "root", "roles": { "auth": "a" } },
            "nats": { "revocations": { "auth": "n" } },
            "revocation_keys": { "secret": "s" },
        });
        std::fs::write(data.credentials(), credentials.to_string()).unwrap();
        let values =
            environment(&data, "postgres://postgres:root@127.0.0.1:5432/postgres", "nats://127.0.0.1:4222");
        let [database, bus, secret] = values.unwrap().map(|(_, value)| value);
        assert_eq!(database, "postgres://auth:a@127.0.0.1:5432/auth");
        assert_eq!(bus, "nats://auth-revocations:n@127.0.0.1:4222");
        assert_eq!(secret, "s");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
