//! Secrets of a run, made once and kept in `.data/credentials.json` for the owner only.

use std::{fmt::Write as _, fs::File, io::Read as _, path::Path, process::Command, time::Duration};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::{commands, paths, paths::Profile, service::Service, session::Session};

const KEYS_TIMEOUT: Duration = Duration::from_mins(1);

/// Every secret, by its path in the file.
#[derive(Clone, Debug)]
pub(crate) struct Credentials(Value);

impl Credentials {
    /// Reads the secrets, or makes them at the first start.
    pub(crate) fn open(session: &Session, profile: Profile) -> Result<Self> {
        let path = session.data.credentials();
        if path.is_file() {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let value: Value = serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged; start with --fresh", path.display()))?;
            return Self(value).completed(&path);
        }
        let credentials = Self(generate(&revocation_keys(session, profile)?)?);
        paths::private_file(&path, &format!("{:#}\n", credentials.0))?;
        Ok(credentials)
    }

    /// Adds the secrets that a version of before did not make.
    fn completed(mut self, path: &Path) -> Result<Self> {
        let revocation = self.0["revocation_keys"].clone();
        let (Some(known), Value::Object(wanted)) = (self.0.as_object_mut(), generate(&revocation)?) else {
            bail!("{} is damaged; start with --fresh", path.display());
        };
        let count = known.len();
        for (name, secret) in wanted {
            known.entry(name).or_insert(secret);
        }
        if known.len() > count {
            paths::private_file(path, &format!("{:#}\n", self.0))?;
        }
        Ok(self)
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self(generate(&json!({ "secret": "aa", "public": "bb" })).unwrap())
    }

    /// The secret at a JSON pointer such as `/postgres/roles/auth`.
    pub(crate) fn secret(&self, pointer: &str) -> Result<&str> {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .with_context(|| format!("credentials.json has no {pointer}; start with --fresh"))
    }
}

/// The pair that signs revocations; made by the provisioner, which knows the algorithm.
fn revocation_keys(session: &Session, profile: Profile) -> Result<Value> {
    let mut command = Command::new(session.workspace.binary(profile, "provision"));
    command.arg("keys");
    let (status, text) = commands::capture(session, "provision keys", &mut command, KEYS_TIMEOUT, false)?;
    if !status.success() {
        bail!("provision keys failed: {}", text.trim());
    }
    serde_json::from_str(&text).context("provision keys did not print a pair of keys")
}

fn generate(revocation: &Value) -> Result<Value> {
    let per_service = |bytes: usize| -> Result<Map<String, Value>> {
        let services = Service::ALL.into_iter().filter(|service| service.has_data());
        services.map(|service| Ok((service.name().to_owned(), Value::String(random_hex(bytes)?)))).collect()
    };
    Ok(json!({
        "postgres": { "superuser": random_hex(16)?, "roles": per_service(16)? },
        "nats": { "provisioner": random_hex(16)?, "events": per_service(16)?, "revocations": per_service(16)? },
        "pull": per_service(32)?,
        "revocation_keys": revocation,
        "refresh_token_key": random_hex(32)?,
        "second_factor_key": random_hex(32)?,
        "mail_link_key": random_hex(32)?,
        "ticket_code_key": random_hex(32)?,
    }))
}

/// Random bytes from the operating system, in hexadecimal digits: unlike base64 they fit into a URL.
pub(crate) fn random_hex(count: usize) -> Result<String> {
    let mut bytes = vec![0; count];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("the system gives no random bytes")?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_own_secrets() {
        let credentials = Credentials::for_tests();
        let auth = credentials.secret("/postgres/roles/auth").unwrap();
        assert_eq!(auth.len(), 32);
        assert_ne!(auth, credentials.secret("/postgres/roles/orders").unwrap());
        assert_ne!(auth, credentials.secret("/nats/events/auth").unwrap());
        assert_eq!(credentials.secret("/refresh_token_key").unwrap().len(), 64);
        assert!(credentials.secret("/nats/provisioner").is_ok());
        assert!(credentials.secret("/postgres/roles/ingress").is_err());
    }

    #[test]
    fn what_a_version_of_before_did_not_make_is_added_and_the_rest_stays() {
        let path = std::env::temp_dir().join(format!("dev-credentials-{}.json", std::process::id()));
        let mut before = Credentials::for_tests();
        let key = before.secret("/refresh_token_key").unwrap().to_owned();
        before.0.as_object_mut().unwrap().remove("pull");
        let now = before.completed(&path).unwrap();
        assert_eq!(now.secret("/refresh_token_key").unwrap(), key);
        assert_eq!(now.secret("/pull/orders").unwrap().len(), 64);
        let written: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(written, now.0);
        std::fs::remove_file(path).unwrap();
    }
}
