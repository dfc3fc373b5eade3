//! Sessions: beginning one, refreshing it, ending it.

use crate::{
    account::Account,
    error::Error,
    known_browsers::{self, Browser},
    signing_keys,
    state::Auth,
    store::{self, sessions::Session},
    tokens::{AccessToken, RefreshToken},
};
use auth::revocation::{ReasonCode, Revocation};
use axum::http::HeaderMap;
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    ids::{SessionId, UserId},
};
use events::{auth::SessionFact, outbox};
use sqlx::PgTransaction;

/// A session ends after so long without a refresh.
pub(crate) const IDLE_DAYS: i64 = 30;
/// A session ends after so long, whatever happens.
const ABSOLUTE_DAYS: i64 = 90;
/// A refresh token works for so long after its successor was first used.
const GRACE_SECONDS: i64 = 10;
/// Live sessions of one account at most; the next one ends the one that was used longest ago.
const SESSIONS_MAX: i64 = 50;
/// What a browser calls itself is cut there.
const USER_AGENT_MAX: usize = 300;

/// The tokens of a session.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) account: Account,
    pub(crate) access: AccessToken,
    pub(crate) refresh: RefreshToken,
    /// What the browser is known by from now on; absent at a refresh.
    pub(crate) browser: Option<Browser>,
    /// Sessions that had to end for this one: to spread after the commit.
    pub(crate) displaced: Vec<Revocation>,
}

/// How a session begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// What the browser says of itself.
    pub(crate) headers: &'a HeaderMap,
    /// Was it proven with two factors who it is?
    pub(crate) second_factor: bool,
    /// Was the account made with it?
    pub(crate) first: bool,
}

/// Begins a session of a user who is locked and not banned, by the one factor that the account has.
pub(crate) async fn begin(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: Account,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Signed, Error> {
    // Whoever has a second factor is asked for it before: no way in may forget that.
    if store::second_factors::of(tx, account.id).await?.any() {
        return Err(Error::ChallengeExpired);
    }
    begin_with(state, tx, account, Entry { headers, second_factor: false, first: false }, now).await
}

/// Begins the session in which the account was made, in this very transaction.
pub(crate) async fn begin_first(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: Account,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Signed, Error> {
    begin_with(state, tx, account, Entry { headers, second_factor: false, first: true }, now).await
}

/// Begins a session of a user who is locked and not banned, and tells them by mail where the browser is new.
pub(crate) async fn begin_with(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: Account,
    entry: Entry<'_>,
    now: Timestamp,
) -> Result<Signed, Error> {
    let session = Session {
        id: service::new_id(),
        user_id: account.id,
        user_agent: known_browsers::user_agent(entry.headers)
            .chars()
            .filter(|c| !c.is_control())
            .take(USER_AGENT_MAX)
            .collect(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + TimeDelta::days(ABSOLUTE_DAYS),
        revoked_at: None,
        version: 1,
        authenticated_at: now,
        second_factor: entry.second_factor,
    };
    let refresh = RefreshToken::random();
    store::sessions::insert(tx, &session).await?;
    store::refresh_tokens::insert(tx, &refresh.hash(), session.id, now).await?;
    store::users::seen(tx, account.id, now).await?;
    let ended = store::sessions::revoke_beyond(tx, account.id, SESSIONS_MAX, now).await?;
    let displaced = revoke_sessions(tx, &ended, ReasonCode::Displaced, now).await?;
    let browser = known_browsers::greet(state, tx, &account, entry, session.id, now).await?;
    let signer = signing_keys::signer(tx, now).await?;
    let access = state.tokens.access(&signer, &account, &session, now)?;
    Ok(Signed { account, access, refresh, browser: Some(browser), displaced })
}

/// What the use of a refresh token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Its first use: it is replaced.
    Rotate,
    /// A lost answer or a second tab: the same successor again.
    Again,
    /// It was replaced, and the replacement has been in use for long: somebody else has it.
    Theft,
    /// Nobody came for too long.
    Idle,
}

/// Theft is looked for first: however old a token that was replaced is, its use betrays a living family.
fn judge(token: &store::refresh_tokens::StoredToken, now: Timestamp) -> Use {
    match (&token.successor, token.successor_used_at) {
        (Some(_), Some(used)) if now - used > TimeDelta::seconds(GRACE_SECONDS) => Use::Theft,
        _ if now - token.created_at > TimeDelta::days(IDLE_DAYS) => Use::Idle,
        (None, _) => Use::Rotate,
        (Some(_), _) => Use::Again,
    }
}

/// Exchanges a refresh token.
pub(crate) async fn refresh(state: &Auth, token: RefreshToken) -> Result<Signed, Error> {
    let hash = token.hash();
    let mut tx = state.pool.begin().await?;
    let session = store::refresh_tokens::session_of(&mut tx, &hash).await?.ok_or(Error::TokenInvalid)?;
    let owner = store::sessions::find(&mut tx, session).await?.ok_or(Error::TokenInvalid)?.user_id;
    let account = store::users::lock(&mut tx, owner).await?.ok_or(Error::TokenInvalid)?;
    // Everything is read again now that the user is locked.
    let session = store::sessions::find(&mut tx, session).await?.ok_or(Error::TokenInvalid)?;
    let stored = store::refresh_tokens::find(&mut tx, &hash).await?.ok_or(Error::TokenInvalid)?;
    let now = state.clock.now();
    refuse_banned(&account)?;
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Err(Error::SessionRevoked);
    }
    let successor = state.tokens.successor(token);
    match judge(&stored, now) {
        Use::Rotate => {
            store::refresh_tokens::insert(&mut tx, &successor.hash(), session.id, now).await?;
            store::refresh_tokens::rotate(&mut tx, &hash, &successor.hash(), now).await?;
            store::sessions::seen(&mut tx, session.id, now).await?;
            store::users::seen(&mut tx, account.id, now).await?;
        }
        Use::Again => {}
        Use::Theft => {
            let ended = end(&mut tx, account.id, session.id, ReasonCode::TokenReuse, now).await?;
            tx.commit().await?;
            metrics::counter!("auth_refresh_reuse_total").increment(1);
            tracing::warn!(session = %session.id, "a refresh token was used again: its family is revoked");
            spread(state, &ended).await;
            return Err(Error::SessionRevoked);
        }
        Use::Idle => return Err(Error::SessionRevoked),
    }
    let signer = signing_keys::signer(&mut tx, now).await?;
    let access = state.tokens.access(&signer, &account, &session, now)?;
    tx.commit().await?;
    Ok(Signed { account, access, refresh: successor, browser: None, displaced: Vec::new() })
}

/// Nobody who is banned gets a token.
pub(crate) fn refuse_banned(account: &Account) -> Result<(), Error> {
    match &account.ban {
        None => Ok(()),
        Some(ban) => Err(Error::Suspended { reason: ban.reason.clone(), until: ban.until }),
    }
}

/// Ends one session of a user who is locked; gives what to spread after the commit.
pub(crate) async fn end(
    tx: &mut PgTransaction<'_>,
    user: UserId,
    session: SessionId,
    reason: ReasonCode,
    now: Timestamp,
) -> Result<Vec<Revocation>, Error> {
    let ended = store::sessions::revoke(tx, user, session, reason, now).await?;
    revoke_sessions(tx, ended.as_slice(), reason, now).await
}

/// Writes revocations to the bus after the commit.
pub(crate) async fn spread(state: &Auth, revocations: &[Revocation]) {
    state.backbone.wake();
    state.revoker.spread(revocations).await;
}

/// Ends sessions of a user who is locked: gives the revocations to spread after the commit.
pub(crate) async fn revoke_sessions(
    tx: &mut PgTransaction<'_>,
    ended: &[store::sessions::Session],
    reason: ReasonCode,
    now: contracts::Timestamp,
) -> Result<Vec<Revocation>, Error> {
    let mut revocations = Vec::with_capacity(ended.len());
    for session in ended {
        let revocation = Revocation {
            kind: auth::revocation::Kind::Session,
            id: session.id.uuid(),
            generation: 0,
            expires_at: now + chrono::TimeDelta::seconds(auth::revocation::LIFE_SECONDS),
            reason_code: reason,
            actor: Some(session.user_id),
            at: now,
        };
        store::revocations::put(tx, &revocation).await?;
        revocations.push(revocation);
    }
    let facts: Vec<_> = ended.iter().map(|session| (SessionFact::Revoked, session.state())).collect();
    outbox::publish_all(tx, &facts).await?;
    Ok(revocations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::refresh_tokens::StoredToken;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_000_000_000 + seconds, 0).unwrap()
    }

    fn token(successor: bool, successor_used_at: Option<i64>) -> StoredToken {
        StoredToken {
            created_at: at(0),
            successor: successor.then(|| vec![1]),
            successor_used_at: successor_used_at.map(at),
        }
    }

    #[test]
    fn a_predecessor_works_until_ten_seconds_after_its_successor_was_used() {
        assert_eq!(judge(&token(false, None), at(60)), Use::Rotate);
        assert_eq!(judge(&token(true, None), at(86_400)), Use::Again, "the successor was never used");
        assert_eq!(judge(&token(true, Some(100)), at(110)), Use::Again);
        assert_eq!(judge(&token(true, Some(100)), at(111)), Use::Theft);
        assert_eq!(judge(&token(false, None), at(30 * 86_400 + 1)), Use::Idle);
    }

    #[test]
    fn a_replaced_token_is_theft_however_old_it_is() {
        let forty_days = 40 * 86_400;
        assert_eq!(judge(&token(true, Some(86_400)), at(forty_days)), Use::Theft);
        assert_eq!(judge(&token(true, None), at(forty_days)), Use::Idle, "its successor was never used");
    }
}
