//! Links in mail: each proves that its reader has the mailbox, once and for a short while.
//!
//! A link's secret is derived from the id of the notice that carries it (`events::link`); only its hash is kept here.
//! A new password and another address end all that give a right to the account. "That was not me" gives none: it stays,
//! or whoever has taken an account over would begin by disarming its owner.

use crate::{
    account::Account,
    error::Error,
    notices,
    state::Auth,
    store::{self, links::Link},
};
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    auth::NoticeKind,
    ids::{NoticeId, SessionId},
};
use sha2::{Digest, Sha256};
use sqlx::PgTransaction;

/// What following a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Sets a new password.
    ResetPassword,
    /// Confirms the address of the account.
    ConfirmEmail,
    /// Makes another address the account's.
    ChangeEmail,
    /// Ends a session that its owner did not begin.
    NotMe,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::ResetPassword, Self::ConfirmEmail, Self::ChangeEmail, Self::NotMe];
    /// Those that give a right to the account.
    pub(crate) const RIGHTS: [Self; 3] = [Self::ResetPassword, Self::ConfirmEmail, Self::ChangeEmail];

    /// As it stands in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::ConfirmEmail => "confirm_email",
            Self::ChangeEmail => "change_email",
            Self::NotMe => "not_me",
        }
    }

    /// How long a link works: the more it may do, the shorter.
    pub(crate) const fn life(self) -> TimeDelta {
        match self {
            Self::ResetPassword => TimeDelta::minutes(30),
            Self::ChangeEmail => TimeDelta::hours(1),
            Self::ConfirmEmail => TimeDelta::days(1),
            // Ending a session harms nobody but whoever has it, and mail is read late.
            Self::NotMe => TimeDelta::days(7),
        }
    }

    const fn notice(self) -> NoticeKind {
        match self {
            Self::ResetPassword => NoticeKind::ResetPassword,
            Self::ConfirmEmail => NoticeKind::ConfirmEmail,
            Self::ChangeEmail => NoticeKind::ConfirmNewEmail,
            Self::NotMe => NoticeKind::NewBrowser,
        }
    }
}

/// No link does that.
#[derive(Debug, thiserror::Error)]
#[error("there is no link for {0}")]
pub(crate) struct UnknownPurpose(String);

impl TryFrom<String> for Purpose {
    type Error = UnknownPurpose;

    fn try_from(word: String) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word).ok_or(UnknownPurpose(word))
    }
}

/// What a link is about, beside its account.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    /// Where it goes, unless to the address of the account.
    pub(crate) email: Option<&'a str>,
    /// The session that may be disowned.
    pub(crate) session: Option<SessionId>,
    /// What the browser calls itself that took part.
    pub(crate) user_agent: Option<&'a str>,
}

/// Has a link mailed, when and only when `tx` commits. The account is locked.
pub(crate) async fn send(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    purpose: Purpose,
    about: About<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let id: NoticeId = service::new_id();
    let email = about.email.unwrap_or(&account.email);
    let link = Link {
        user_id: account.id,
        purpose,
        email: email.to_owned(),
        session_id: about.session,
        created_at: now,
        expires_at: now + purpose.life(),
    };
    let secret = state.links.secret(id, purpose.notice());
    store::links::insert(tx, &hash(&secret), &link).await?;
    let mut notice = notices::about(account, purpose.notice(), now);
    notice.id = id;
    email.clone_into(&mut notice.email);
    notice.user_agent = about.user_agent.map(str::to_owned);
    notice.expires_at = Some(link.expires_at);
    notices::issue(tx, &notice).await
}

/// The link that carries this secret, if it works still.
pub(crate) async fn find(state: &Auth, secret: &str, purposes: &[Purpose]) -> Result<Link, Error> {
    let mut db = state.pool.acquire().await?;
    let link = store::links::find_live(&mut db, &hash(secret), state.clock.now()).await?;
    link.filter(|link| purposes.contains(&link.purpose)).ok_or(Error::LinkInvalid)
}

/// Uses the link up: of several who follow it at once, one does. The account is locked.
pub(crate) async fn use_up(tx: &mut PgTransaction<'_>, secret: &str, now: Timestamp) -> Result<(), Error> {
    if store::links::end(tx, &hash(secret), now).await? { Ok(()) } else { Err(Error::LinkInvalid) }
}

/// What the database keeps. A secret has 256 bits, so nothing slower is needed.
fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_is_read_back() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::try_from(purpose.as_str().to_owned()).unwrap(), purpose);
            assert!(purpose.life() > TimeDelta::zero());
        }
        assert!(Purpose::ResetPassword.life() <= TimeDelta::minutes(30));
        assert!(Purpose::try_from("other".to_owned()).is_err());
    }
}
