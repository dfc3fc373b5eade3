//! Bounds how often a password can be guessed for one account, without locking its owner out.
//!
//! `PASSWORD_ATTEMPTS` wrong passwords (20 where absent) within five minutes, then 429 until the five minutes are over.
//! Whoever goes on waits ten minutes the next time, then twenty, up to a day: a patient guesser has about 200 guesses on
//! the first day and 20 on each day after. A right password, or a day of peace, begins anew. Sign-ins are counted by account and by the network that they come from, as the
//! ingress names it: /24 of IPv4, /64 of IPv6. So whoever guesses elsewhere does not keep the owner out; that many
//! networks together guess more often is the price, which the length of passwords and the refusal of common ones pay.
//! Only somebody in the owner's own network can make the owner wait, and only in a browser in which the owner never
//! signed in: known browsers, by the cookie that they keep, are counted apart. A new password by mail ends the wait,
//! and devices that are signed in go on: a refresh is not counted. Proving the current password is counted apart, by account alone, since
//! only who is signed in can try.
//!
//! An address that nobody has is counted like any other, so the answers do not tell who has an account. An attempt
//! counts before the comparison, so guesses at the same moment do not slip through together.

use crate::{error::Error, known_browsers::Browser, state::Auth, store};
use axum::http::HeaderMap;
use chrono::TimeDelta;
use contracts::{Timestamp, ids::UserId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use store::password_attempts;

/// How often something may be tried within a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// So often.
    pub(crate) max: i32,
    /// Within this time, from the first try.
    pub(crate) window: TimeDelta,
    /// Does each count that follows one that was used up last twice as long?
    pub(crate) grows: bool,
}

impl Bound {
    /// A window of five minutes that doubled so often lasts 21 hours.
    pub(crate) const DOUBLINGS: i32 = 8;

    /// Wrong passwords of one account.
    const fn passwords(max: i32) -> Self {
        Self { max, window: TimeDelta::minutes(5), grows: true }
    }

    /// What one network may ask that could tell who has an account: `NETWORK_ATTEMPTS` times an hour (30 where absent)
    /// for each kind of question.
    pub(crate) const fn from_network(max: i32) -> Self {
        Self { max, window: TimeDelta::hours(1), grows: false }
    }
}

/// For whom a password is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) enum For<'a> {
    /// Signing in with this address, in its normal form, whether somebody has it or not, from this network.
    SignIn(&'a str, Network),
    /// Signing in with this address in a browser that its account knows.
    SignInAgain(&'a str, Browser),
    /// Proving the current password of the account that is signed in.
    Change(UserId),
}

impl For<'_> {
    /// What the database keeps: no address that somebody mistyped.
    fn subject(self) -> Vec<u8> {
        match self {
            Self::SignIn(email, from) => Sha256::digest(format!("sign-in {from} {email}")).to_vec(),
            Self::SignInAgain(email, browser) => {
                let mut subject = Sha256::new();
                subject.update("sign-in again ");
                subject.update(browser.hash());
                subject.update(email);
                subject.finalize().to_vec()
            }
            Self::Change(user) => Sha256::digest(format!("change {user}")).to_vec(),
        }
    }
}

/// The network that a request comes from: as much of the client's address as one household or office has alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    /// Nobody named the client, as where no ingress stands before the service.
    Unknown,
}

impl Network {
    /// The ingress replaces what clients say of themselves, so the last address is the one that it saw.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let named = headers.get_all("x-forwarded-for").iter().next_back();
        let last = named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        last.map_or(Self::Unknown, Self::around)
    }

    fn around(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(Ipv4Addr::from_bits(address.to_bits() & !0xff)),
            IpAddr::V6(address) => Self::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(network) => network.fmt(f),
            Self::V6(network) => network.fmt(f),
            Self::Unknown => f.write_str("-"),
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
    let (attempts, ends) = {
        let mut db = state.pool.acquire().await?;
        let bound = Bound::passwords(state.attempts_max);
        password_attempts::count(&mut db, &subject, (bound, 1), now).await?
    };
    if attempts > state.attempts_max {
        metrics::counter!("auth_password_attempts_refused_total").increment(1);
        return Err(Error::TooManyAttempts { seconds: seconds_until(ends, now) });
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

/// Forgets what was tried for them: they have shown that they are who they say.
pub(crate) async fn forgive(db: &mut PgConnection, whom: For<'_>) -> Result<(), Error> {
    Ok(password_attempts::clear(db, &whom.subject()).await?)
}

/// Takes one of so many tries that something may have, such as mails to one address.
pub(crate) async fn take(
    db: &mut PgConnection,
    what: &str,
    bound: Bound,
    now: Timestamp,
) -> Result<(), Error> {
    let subject = Sha256::digest(what).to_vec();
    let (attempts, ends) = password_attempts::count(db, &subject, (bound, 1), now).await?;
    if attempts > bound.max {
        return Err(Error::TooOften { seconds: seconds_until(ends, now) });
    }
    Ok(())
}

/// Refuses where [`take`] would, and takes nothing. It writes what `take` writes, so that time does not tell which of the
/// two it was.
pub(crate) async fn look(
    db: &mut PgConnection,
    what: &str,
    bound: Bound,
    now: Timestamp,
) -> Result<(), Error> {
    let subject = Sha256::digest(what).to_vec();
    let (attempts, ends) = password_attempts::count(db, &subject, (bound, 0), now).await?;
    if attempts >= bound.max {
        return Err(Error::TooOften { seconds: seconds_until(ends, now) });
    }
    Ok(())
}

/// Takes one if any is left; says whether it did. For what is left undone without a word where it is too often.
pub(crate) async fn took(
    db: &mut PgConnection,
    what: &str,
    bound: Bound,
    now: Timestamp,
) -> Result<bool, Error> {
    match take(db, what, bound, now).await {
        Ok(()) => Ok(true),
        Err(Error::TooOften { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives one of them back. Where that fails, one is counted that was not used: what was done meanwhile does not fail for
/// it.
pub(crate) async fn give_back(state: &Auth, what: &str) {
    let given = async {
        let mut db = state.pool.acquire().await?;
        password_attempts::uncount(&mut db, &Sha256::digest(what)).await
    };
    if let Err(error) = given.await {
        tracing::warn!(%error, "a try that was not used stays counted");
    }
}

fn seconds_until(end: Timestamp, now: Timestamp) -> u64 {
    u64::try_from((end - now).num_seconds()).unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(said: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", said.parse().unwrap());
        Network::of(&headers).to_string()
    }

    #[test]
    fn a_network_is_what_neighbours_have_alike() {
        assert_eq!(network("192.0.2.7"), "192.0.2.0");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.0");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("198.51.100.1, 192.0.2.7"), "192.0.2.0", "the last was seen by the ingress");
        assert_eq!(network("nobody"), "-");
        assert_eq!(Network::of(&HeaderMap::new()), Network::Unknown);
    }
}
