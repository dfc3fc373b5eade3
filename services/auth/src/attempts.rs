//! Bounds how often a password can be guessed for one account, from however many addresses.
//!
//! `PASSWORD_ATTEMPTS` wrong passwords (20 where absent) within five minutes, then 429 until the five minutes are over;
//! a right password begins anew. Signing in and proving the current password are counted apart, so that whoever
//! guesses at the sign-in page does not keep the owner from changing the password. The owner of an account that
//! somebody else stuffs waits five minutes at most, and devices that are signed in go on: a refresh is not counted.
//!
//! An address that nobody has is counted like any other, so the answers do not tell who has an account. An attempt
//! counts before the comparison, so guesses at the same moment do not slip through together.

use crate::{error::Error, state::Auth, store};
use chrono::TimeDelta;
use contracts::{Timestamp, ids::UserId};
use sha2::{Digest, Sha256};
use store::password_attempts;

/// How long a count lasts, from its first wrong password.
pub(crate) const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// For whom a password is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) enum For<'a> {
    /// Signing in with this address, in its normal form, whether somebody has it or not.
    SignIn(&'a str),
    /// Proving the current password of the account that is signed in.
    Change(UserId),
}

impl For<'_> {
    /// What the database keeps: no address that somebody mistyped.
    fn subject(self) -> Vec<u8> {
        match self {
            Self::SignIn(email) => Sha256::digest(format!("sign-in {email}")).to_vec(),
            Self::Change(user) => Sha256::digest(format!("change {user}")).to_vec(),
        }
    }
}

/// Is it the password? Refuses to say when too many were wrong.
pub(crate) async fn matches(
    state: &Auth,
    whom: For<'_>,
    password: &str,
    stored: Option<&str>,
) -> Result<bool, Error> {
    let subject = whom.subject();
    let now = state.clock.now();
    let (attempts, begun) = {
        let mut db = state.pool.acquire().await?;
        password_attempts::count(&mut db, &subject, now - WINDOW, now).await?
    };
    if attempts > state.attempts_max {
        metrics::counter!("auth_password_attempts_refused_total").increment(1);
        return Err(Error::TooManyAttempts { seconds: seconds_until(begun + WINDOW, now) });
    }
    let compared = state.passwords.matches(password, stored).await;
    let mut db = state.pool.acquire().await?;
    match compared {
        Ok(true) => password_attempts::clear(&mut db, &subject).await?,
        Ok(false) => {}
        Err(_) => password_attempts::uncount(&mut db, &subject).await?,
    }
    Ok(compared?)
}

fn seconds_until(end: Timestamp, now: Timestamp) -> u64 {
    u64::try_from((end - now).num_seconds()).unwrap_or(0) + 1
}
