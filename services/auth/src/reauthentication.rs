//! Sensitive acts are done only for whoever proved a moment ago who they are.
//!
//! A session that was left open, or a stolen access token, must not be enough to change how its owner signs in
//! (ASVS 5.0, 7.5.1). A session knows when its person last proved themself: at sign-in, and by `POST
//! /api/auth/reauthenticate`. Where the account has a second factor, a password alone proved too little, also if it was
//! given before that factor was there. Changing the password asks for the password itself.

use crate::{error::Error, second_factor::Factors, store};
use auth::Identity;
use chrono::TimeDelta;
use contracts::Timestamp;
use sqlx::PgConnection;
use store::sessions::Session;

/// How long a proof is good for.
pub(crate) const PROOF_LASTS: TimeDelta = TimeDelta::minutes(10);

/// Until when the proof of a session is good for an account with these second factors; nothing where that is over, or
/// where it was too little.
pub(crate) fn proven_until(session: &Session, factors: Factors, now: Timestamp) -> Option<Timestamp> {
    let enough = session.second_factor || !factors.any();
    Some(session.authenticated_at + PROOF_LASTS).filter(|until| enough && *until > now)
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
    let factors = store::second_factors::of(db, caller.user).await?;
    if proven_until(&session, factors, now).is_some() {
        Ok(session)
    } else {
        Err(Error::ReauthenticationRequired)
    }
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
        let none = Factors::default();
        assert_eq!(proven_until(&session, none, at(100)), Some(at(110)));
        assert_eq!(proven_until(&session, none, at(109)), Some(at(110)));
        assert_eq!(proven_until(&session, none, at(110)), None);
        let app = Factors { totp: true, passkeys: 0 };
        assert_eq!(proven_until(&session, app, at(100)), None, "a password alone is too little");
        let session = Session { second_factor: true, ..session };
        assert_eq!(proven_until(&session, app, at(100)), Some(at(110)));
    }
}
