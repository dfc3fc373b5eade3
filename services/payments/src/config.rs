//! What the service is told by its environment.

use auth::AuthorityConfig;
use service::{ConfigError, Env};
use std::time::Duration;

/// The longest time that a call of the provider may take: a request must be answered within twenty seconds.
const TIMEOUT_MS_MAX: u64 = 10_000;

/// The service's configuration.
pub(crate) struct Config {
    pub(crate) database_url: String,
    pub(crate) nats_url: String,
    pub(crate) authority: AuthorityConfig,
    pub(crate) provider_timeout: Duration,
    pub(crate) sandbox_webhook_delay: Duration,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let database_url = env.required("DATABASE_URL");
        let nats_url = env.required("NATS_URL");
        let authority = authority(env);
        let provider = provider(env);
        let timeout_ms = env.or("PAYMENT_TIMEOUT_MS", 3_000).and_then(|ms| match ms {
            1..=TIMEOUT_MS_MAX => Some(ms),
            _ => env.reject("PAYMENT_TIMEOUT_MS", "must be from 1 to 10000"),
        });
        let delay_ms = env.or("SANDBOX_WEBHOOK_DELAY_MS", 2_000);
        let (Some(database_url), Some(nats_url), Some(authority), Some(()), Some(timeout_ms), Some(delay_ms)) =
            (database_url, nats_url, authority, provider, timeout_ms, delay_ms)
        else {
            return Err(env.error());
        };
        Ok(Self {
            database_url,
            nats_url,
            authority,
            provider_timeout: Duration::from_millis(timeout_ms),
            sandbox_webhook_delay: Duration::from_millis(delay_ms),
        })
    }
}

fn provider(env: &Env) -> Option<()> {
    match env.or("PAYMENT_PROVIDER", "sandbox".to_owned())?.as_str() {
        "sandbox" => Some(()),
        _ => env.reject("PAYMENT_PROVIDER", "must be sandbox: no other provider is built in"),
    }
}

fn authority(env: &Env) -> Option<AuthorityConfig> {
    let instance = env.or("INSTANCE", "payments-1".to_owned());
    let nats_url = env.required("NATS_REVOCATIONS_URL");
    let revocation_public_key = env.required("REVOCATION_PUBLIC_KEY");
    let public_origin = env.required("PUBLIC_ORIGIN");
    let plain_cookies = env.or("PLAIN_COOKIES", false);
    let pull = env.pair("AUTH_PULL_URLS", "AUTH_PULL_SECRET");
    Some(AuthorityConfig {
        service: "payments".to_owned(),
        instance: instance?,
        nats_url: nats_url?,
        revocation_public_key: revocation_public_key?,
        public_origin: public_origin?,
        plain_cookies: plain_cookies?,
        pull: pull?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_value_is_named_at_once() {
        let env = Env::of([("PAYMENT_PROVIDER", "stripe"), ("PAYMENT_TIMEOUT_MS", "0")]);
        let message = Config::from_env(&env).err().unwrap().to_string();
        for name in ["DATABASE_URL", "NATS_URL", "PAYMENT_PROVIDER", "PAYMENT_TIMEOUT_MS", "PUBLIC_ORIGIN"] {
            assert!(message.contains(name), "{message}");
        }
    }
}
