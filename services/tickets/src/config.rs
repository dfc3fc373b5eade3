//! Configuration: read once, every bad value named at once.

use auth::AuthorityConfig;
use contracts::shows::HOLD_SECONDS_MAX;
use service::{ConfigError, Env};

/// What the service is told.
pub(crate) struct Config {
    pub(crate) database_url: String,
    pub(crate) nats_url: String,
    pub(crate) authority: AuthorityConfig,
    pub(crate) ticket_code_key: [u8; 32],
    pub(crate) rules: Rules,
    /// How many may watch availability at the same time, on this instance.
    pub(crate) streams_max: usize,
}

/// Rules of the house that an operator may set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The shortest hold that a show may have, in seconds.
    pub(crate) hold_seconds_min: u32,
    /// The booking fee, as a whole percentage of the net price.
    pub(crate) booking_fee_percent: u32,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let database_url = env.required("DATABASE_URL");
        let nats_url = env.required("NATS_URL");
        let authority = authority(env);
        let ticket_code_key = env.secret("TICKET_CODE_KEY");
        let (rules, streams_max) = (rules(env), env.or("AVAILABILITY_STREAMS_MAX", 5000));
        let (Some(database_url), Some(nats_url), Some(authority), Some(ticket_code_key)) =
            (database_url, nats_url, authority, ticket_code_key)
        else {
            return Err(env.error());
        };
        let (Some(rules), Some(streams_max)) = (rules, streams_max) else { return Err(env.error()) };
        Ok(Self { database_url, nats_url, authority, ticket_code_key, rules, streams_max })
    }
}

fn authority(env: &Env) -> Option<AuthorityConfig> {
    let instance = env.or("INSTANCE", "tickets-1".to_owned());
    let nats_url = env.required("NATS_REVOCATIONS_URL");
    let revocation_public_key = env.required("REVOCATION_PUBLIC_KEY");
    let public_origin = env.required("PUBLIC_ORIGIN");
    let plain_cookies = env.or("PLAIN_COOKIES", false);
    let pull = env.pair("AUTH_PULL_URLS", "AUTH_PULL_SECRET");
    Some(AuthorityConfig {
        service: "tickets".to_owned(),
        instance: instance?,
        nats_url: nats_url?,
        revocation_public_key: revocation_public_key?,
        public_origin: public_origin?,
        plain_cookies: plain_cookies?,
        pull: pull?,
    })
}

fn rules(env: &Env) -> Option<Rules> {
    let hold_seconds_min = env.or("HOLD_SECONDS_MIN", 300).and_then(|seconds| match seconds {
        1..=HOLD_SECONDS_MAX => Some(seconds),
        _ => env.reject("HOLD_SECONDS_MIN", "must be from 1 to 3600"),
    });
    let booking_fee_percent = env.or("BOOKING_FEE_PERCENT", 10).and_then(|percent| match percent {
        0..=100 => Some(percent),
        _ => env.reject("BOOKING_FEE_PERCENT", "must be from 0 to 100"),
    });
    Some(Rules { hold_seconds_min: hold_seconds_min?, booking_fee_percent: booking_fee_percent? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_value_is_named_at_once() {
        let env =
            Env::of([("HOLD_SECONDS_MIN", "0"), ("BOOKING_FEE_PERCENT", "101"), ("TICKET_CODE_KEY", "00")]);
        let Err(error) = Config::from_env(&env) else { panic!("it is accepted") };
        let message = error.to_string();
        for name in ["DATABASE_URL", "NATS_URL", "HOLD_SECONDS_MIN", "BOOKING_FEE_PERCENT", "TICKET_CODE_KEY"]
        {
            assert!(message.contains(name), "{message}");
        }
    }
}
