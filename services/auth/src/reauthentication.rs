//! Sensitive acts are done only for whoever proved a moment ago who they are.
//!
//! A session that was left open, or a stolen access token, must not be enough to change how its owner signs in
//! (ASVS 5.0, 7.5.1). A session knows when its person last proved themself: at sign-in, and by `POST
//! /api/auth/reauthenticate`. Changing the password asks for the password itself.

use crate::{error::Error, store};
use auth::Identity;
use chrono::TimeDelta;
use contracts::Timestamp;
use sqlx::PgConnection;
use store::sessions::Session;

/// How long a proof is good for.
pub(crate) const PROOF_LASTS: TimeDelta = TimeDelta::minutes(10);

/// Until when the proof of a session is good; nothing where that is over.
pub(crate) fn proven_until(session: &Session, now: Timestamp) -> Option<Timestamp> {
    Some(session.authenticated_at + PROOF_LASTS).filter(|until| *until > now)
}

/// The caller's session, if its person proved themself lately. Call it with the user locked: then no session that ends
/// meanwhile gets through.
pub(crate) async fn require(
    db: &mut PgConnection,
    caller: &Identity,
    now: Timestamp,
) -> Result<Session, Error> {
    let session = store::sessions::find(db, caller.session).await?;
    let live = |session: &Session| session.user_id == caller.user && session.revoked_at.is_none();
    let session = session.filter(live).ok_or(Error::SessionRevoked)?;
    if proven_until(&session, now).is_some() { Ok(session) } else { Err(Error::ReauthenticationRequired) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_good_for_ten_minutes() {
        let at = |minutes: i64| Timestamp::default() + TimeDelta::minutes(minutes);
        let session = Session {
            id: service::new_id(),
            user_id: service::new_id(),
            user_agent: String::new(),
            created_at: at(0),
            last_seen_at: at(0),
            expires_at: at(1_000),
            revoked_at: None,
            version: 1,
            authenticated_at: at(100),
            second_factor: false,
        };
        assert_eq!(proven_until(&session, at(100)), Some(at(110)));
        assert_eq!(proven_until(&session, at(109)), Some(at(110)));
        assert_eq!(proven_until(&session, at(110)), None);
    }
}
