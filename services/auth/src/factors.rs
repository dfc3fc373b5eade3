//! What follows when an account gets a second factor, or loses one. The account is locked.

use crate::{
    account::Account,
    error::Error,
    notices, recovery_codes, signing_keys,
    state::Auth,
    store::{self, audit},
    tokens::AccessToken,
};
use contracts::{
    auth::{NoticeKind, Role},
    ids::{SessionId, UserId},
};
use sqlx::PgTransaction;

/// What has changed of the ways in which an account signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// An authenticator app was added.
    AppAdded,
    /// The authenticator app was removed.
    AppRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// New recovery codes were made.
    CodesMade,
}

impl Change {
    /// The word of the audit and of the metric.
    const fn action(self) -> &'static str {
        match self {
            Self::AppAdded => "user.app_added",
            Self::AppRemoved => "user.app_removed",
            Self::PasskeyAdded => "user.passkey_added",
            Self::PasskeyRemoved => "user.passkey_removed",
            Self::CodesMade => "user.recovery_codes_made",
        }
    }

    /// What its owner is told by mail.
    const fn notice(self) -> NoticeKind {
        match self {
            Self::AppAdded => NoticeKind::SecondFactorAdded,
            Self::AppRemoved => NoticeKind::SecondFactorRemoved,
            Self::PasskeyAdded => NoticeKind::PasskeyAdded,
            Self::PasskeyRemoved => NoticeKind::PasskeyRemoved,
            Self::CodesMade => NoticeKind::RecoveryCodesMade,
        }
    }
}

/// What the one who added a second factor gets.
pub(crate) struct Added {
    /// With the first one; none otherwise.
    pub(crate) recovery_codes: Vec<String>,
    /// Its session has proven two factors.
    pub(crate) access: AccessToken,
}

/// A second factor was added in that session.
pub(crate) async fn added(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    session: SessionId,
    change: Change,
) -> Result<Added, Error> {
    let left = store::recovery_codes::left(tx, account.id).await?;
    let recovery_codes = if left == 0 { new_recovery_codes(tx, account.id).await? } else { Vec::new() };
    store::sessions::strengthened(tx, session).await?;
    let session = store::sessions::find(tx, session).await?.ok_or(Error::SessionRevoked)?;
    note(state, tx, account, change).await?;
    let now = state.clock.now();
    let signer = signing_keys::signer(tx, now).await?;
    let access = state.tokens.access(&signer, account, &session, now)?;
    Ok(Added { recovery_codes, access })
}

/// A second factor was removed: refused where an admin has no other. Without any, recovery codes stand in for nothing.
pub(crate) async fn removed(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    change: Change,
) -> Result<(), Error> {
    if !store::second_factors::of(tx, account.id).await?.any() {
        if account.role == Role::Admin {
            return Err(Error::StateConflict(
                "Admins keep a second factor: add another one before you remove it",
            ));
        }
        store::recovery_codes::delete(tx, account.id).await?;
    }
    note(state, tx, account, change).await
}

/// The address has only now been shown to be somebody's: what was added before need not be theirs, so it goes. An admin's
/// stays, whom the operator vouched for: a mailbox alone shall make nobody an admin.
pub(crate) async fn drop_unproven(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
) -> Result<(), Error> {
    if account.role == Role::Admin {
        return Ok(());
    }
    let passkeys = store::passkeys::delete_all(tx, account.id).await?;
    let app = store::totp::delete(tx, account.id).await?;
    store::recovery_codes::delete(tx, account.id).await?;
    if app {
        note(state, tx, account, Change::AppRemoved).await?;
    }
    if passkeys > 0 {
        note(state, tx, account, Change::PasskeyRemoved).await?;
    }
    Ok(())
}

/// New recovery codes in the place of all old ones.
pub(crate) async fn new_recovery_codes(
    tx: &mut PgTransaction<'_>,
    user: UserId,
) -> Result<Vec<String>, Error> {
    let codes = recovery_codes::random();
    let hashes: Vec<Vec<u8>> = codes.iter().filter_map(|code| recovery_codes::hash(code)).collect();
    store::recovery_codes::replace(tx, user, &hashes).await?;
    Ok(codes)
}

/// Tells the owner by mail, counts the change, and writes it into the audit where it is about an admin: the audit is of
/// those with power.
pub(crate) async fn note(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    change: Change,
) -> Result<(), Error> {
    let (now, action) = (state.clock.now(), change.action());
    metrics::counter!("auth_second_factor_changes_total", "action" => action).increment(1);
    notices::issue(tx, &notices::about(account, change.notice(), now)).await?;
    if account.role != Role::Admin {
        return Ok(());
    }
    let entry = audit::Entry {
        at: now,
        actor: Some(account.id),
        actor_name: &account.name,
        action,
        subject: Some(account.id),
        subject_name: &account.name,
        note: "",
    };
    Ok(audit::write(tx, entry).await?)
}
