//! Authenticator apps: codes of six digits that follow from a secret and the time (RFC 6238).

use crate::sealed::{Seal, SealError};
use contracts::{Timestamp, ids::UserId};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Bytes of a secret, as RFC 4226 recommends.
const SECRET: usize = 20;
/// Seconds of a time step.
const STEP: u64 = 30;
const DIGITS: u8 = 6;
/// Steps by which an app's clock may be off, to either side.
const SKEW: u16 = 1;
/// What apps call us.
const ISSUER: &str = "Ticketing.dev";

/// A secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TotpError {
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error("the secret of an authenticator app has another length")]
    Length,
    #[error("the parameters of authenticator apps are not usable")]
    Parameters(#[from] totp_rs::TotpError),
    #[error("the secret is not base 32")]
    Base32,
    #[error("the time is before 1970")]
    Time,
}

/// What an authenticator app and we know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct AppSecret([u8; SECRET]);

impl AppSecret {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// Reads base 32, as an operator gives it.
    pub(crate) fn parse(text: &str) -> Result<Self, TotpError> {
        let secret = Secret::try_from_base32(text.trim()).map_err(|_| TotpError::Base32)?;
        secret.as_bytes().try_into().map(Self).map_err(|_| TotpError::Length)
    }

    /// What the database keeps.
    pub(crate) fn sealed(&self, seal: &Seal, user: UserId) -> Result<Vec<u8>, TotpError> {
        Ok(seal.seal(user, &self.0)?)
    }

    /// Reads what the database keeps.
    pub(crate) fn open(seal: &Seal, user: UserId, sealed: &[u8]) -> Result<Self, TotpError> {
        seal.open(user, sealed)?.try_into().map(Self).map_err(|_| TotpError::Length)
    }

    /// For people who type it.
    pub(crate) fn base32(&self) -> String {
        Secret::from(self.0).to_base32()
    }

    /// For the camera of an app.
    pub(crate) fn uri(&self, email: &str) -> Result<String, TotpError> {
        Ok(self.rules(email)?.to_url()?)
    }

    /// The time step that the code is of, if it is one of now, a step before or a step after, and newer than the newest
    /// that was accepted: a code works once (RFC 6238, 5.2).
    pub(crate) fn step_of(
        &self,
        code: &str,
        accepted: Option<i64>,
        now: Timestamp,
    ) -> Result<Option<i64>, TotpError> {
        let now = u64::try_from(now.timestamp()).map_err(|_| TotpError::Time)?;
        let found = self.rules("somebody")?.check(code, now);
        let step = found.map(i64::try_from).transpose().map_err(|_| TotpError::Time)?;
        Ok(step.filter(|step| accepted.is_none_or(|accepted| *step > accepted)))
    }

    fn rules(&self, email: &str) -> Result<Totp, TotpError> {
        // A colon parts the issuer from the name in what the app reads.
        let name = email.replace(':', "_");
        let rules = Builder::new()
            // Whatever apps say they know, many know this one alone.
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP)
            .with_issuer(Some(ISSUER))
            .with_account_name(name)
            .with_secret(Secret::from(self.0));
        Ok(rules.build()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const RFC: AppSecret = AppSecret(*b"12345678901234567890");

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(RFC.step_of(code, None, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_works_a_step_early_or_late_and_once() {
        let step = |accepted, seconds| RFC.step_of("287082", accepted, at(seconds)).unwrap();
        assert_eq!(step(None, 0), Some(1));
        assert_eq!(step(None, 89), Some(1));
        assert_eq!(step(None, 90), None);
        assert_eq!(step(Some(0), 59), Some(1));
        assert_eq!(step(Some(1), 59), None, "used before");
        assert_eq!(step(Some(2), 59), None, "a newer one was used");
    }

    #[test]
    fn a_secret_is_read_as_it_is_shown() {
        let secret = AppSecret::random();
        assert!(AppSecret::parse(&secret.base32()).unwrap() == secret);
        assert!(AppSecret::parse("AAAA").is_err());
        assert!(secret.uri("ana@example.com").unwrap().starts_with("otpauth://totp/Ticketing.dev:ana"));
        let colon = secret.uri("an:a@example.com").unwrap();
        assert!(colon.starts_with("otpauth://totp/Ticketing.dev:an_a"), "{colon}");
    }
}
