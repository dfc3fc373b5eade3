//! What the service is told by its environment.

use crate::private::{Clients, PrivateAddress};
use auth::AuthorityConfig;
use ed25519_dalek::SigningKey;
use events::link::LinkKey;
use service::{ConfigError, Env};
use std::path::PathBuf;

/// The service's configuration.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) database_url: String,
    pub(crate) nats_url: String,
    pub(crate) authority: AuthorityConfig,
    /// Secret half of the key that signs revocations and published keys.
    pub(crate) revocation_secret: [u8; 32],
    /// Seals the secrets of authenticator apps.
    pub(crate) second_factor_key: [u8; 32],
    /// Derives successors of refresh tokens.
    pub(crate) refresh_key: [u8; 32],
    /// A list of common passwords, beside the one that comes with the service.
    pub(crate) password_list: Option<PathBuf>,
    /// Derives the secrets of links in mail, as notifications does.
    pub(crate) links: LinkKey,
    /// Wrong passwords of one account within five minutes.
    pub(crate) attempts_max: i32,
    /// Requests from one network within an hour that could tell who has an account.
    pub(crate) network_attempts_max: i32,
    /// Where services may pull revocations, and who they are.
    pub(crate) private: Option<(PrivateAddress, Clients)>,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (
            Some(database_url),
            Some(nats_url),
            Some(instance),
            Some(nats_revocations_url),
            Some(public_origin),
            Some(plain_cookies),
            Some(revocation_secret),
            Some(refresh_key),
            Some(second_factor_key),
            Some(link_key),
            Some(password_list),
            Some(named_public),
            Some(attempts_max),
            Some(network_attempts_max),
            Some(pull),
            Some(private),
        ) = (
            env.required("DATABASE_URL"),
            env.required("NATS_URL"),
            env.or("INSTANCE", "auth-1".to_owned()),
            env.required("NATS_REVOCATIONS_URL"),
            env.required("PUBLIC_ORIGIN"),
            env.or("PLAIN_COOKIES", false),
            env.secret::<32>("REVOCATION_SECRET_KEY"),
            env.secret::<32>("REFRESH_TOKEN_KEY"),
            env.secret::<32>("SECOND_FACTOR_KEY"),
            env.secret::<32>("MAIL_LINK_KEY"),
            env.optional::<PathBuf>("PASSWORD_LIST"),
            env.optional::<String>("REVOCATION_PUBLIC_KEY"),
            bound(env, "PASSWORD_ATTEMPTS", 20),
            bound(env, "NETWORK_ATTEMPTS", 30),
            env.pair("AUTH_PULL_URLS", "AUTH_PULL_SECRET"),
            env.pair("LISTEN_PULL", "PULL_CLIENTS"),
        )
        else {
            return Err(env.error());
        };
        let revocation_public_key = hex::encode(public_half(&revocation_secret));
        // Readers would ignore every ban.
        if named_public.is_some_and(|named| named != revocation_public_key) {
            env.reject::<()>("REVOCATION_PUBLIC_KEY", "is not the public half of REVOCATION_SECRET_KEY");
            return Err(env.error());
        }
        let authority = AuthorityConfig {
            service: "auth".to_owned(),
            instance,
            nats_url: nats_revocations_url,
            revocation_public_key,
            public_origin,
            plain_cookies,
            pull,
        };
        Ok(Self {
            database_url,
            nats_url,
            authority,
            revocation_secret,
            refresh_key,
            second_factor_key,
            links: LinkKey::new(&link_key),
            password_list,
            attempts_max,
            network_attempts_max,
            private,
        })
    }
}

/// How often something may be tried: at least once, or nobody could do it.
fn bound(env: &Env, name: &str, default: i32) -> Option<i32> {
    match env.or(name, default) {
        Some(max) if max < 1 => env.reject(name, "must be at least 1"),
        max => max,
    }
}

/// The public half of an Ed25519 key.
pub(crate) fn public_half(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}
