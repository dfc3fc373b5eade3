//! What the service is told by its environment.

use auth::AuthorityConfig;
use service::{ConfigError, Env};

/// The service's configuration.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) database_url: String,
    pub(crate) nats_url: String,
    pub(crate) authority: AuthorityConfig,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (
            Some(database_url),
            Some(nats_url),
            Some(instance),
            Some(nats_revocations_url),
            Some(revocation_public_key),
            Some(public_origin),
            Some(plain_cookies),
            Some(pull),
        ) = (
            env.required("DATABASE_URL"),
            env.required("NATS_URL"),
            env.or("INSTANCE", "expiration-1".to_owned()),
            env.required("NATS_REVOCATIONS_URL"),
            env.required("REVOCATION_PUBLIC_KEY"),
            env.required("PUBLIC_ORIGIN"),
            env.or("PLAIN_COOKIES", false),
            env.pair("AUTH_PULL_URLS", "AUTH_PULL_SECRET"),
        )
        else {
            return Err(env.error());
        };
        let authority = AuthorityConfig {
            service: "expiration".to_owned(),
            instance,
            nats_url: nats_revocations_url,
            revocation_public_key,
            public_origin,
            plain_cookies,
            pull,
        };
        Ok(Self { database_url, nats_url, authority })
    }
}
