//! What follows when an account gets a second factor, or loses one. The account is locked.

use crate::{
    account::Account,
    error::Error,
    recovery_codes, signing_keys,
    state::Auth,
    store::{self, audit},
    tokens::AccessToken,
};
use contracts::{
    auth::Role,
    ids::{SessionId, UserId},
};
use sqlx::PgTransaction;

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
    kind: &str,
) -> Result<Added, Error> {
    let left = store::recovery_codes::left(tx, account.id).await?;
    let recovery_codes =
        if left == 0 { new_recovery_codes(tx, account.id).await? } else { Vec::new() };
    store::sessions::strengthened(tx, session).await?;
    let session = store::sessions::find(tx, session).await?.ok_or(Error::SessionRevoked)?;
    note(state, tx, account, "user.second_factor_added", kind).await?;
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
    kind: &str,
) -> Result<(), Error> {
    if !store::second_factors::of(tx, account.id).await?.any() {
        if account.role == Role::Admin {
            return Err(Error::StateConflict("Admins keep a second factor: add another one before you remove it"));
        }
        store::recovery_codes::delete(tx, account.id).await?;
    }
    note(state, tx, account, "user.second_factor_removed", kind).await
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

/// Counts the change, and writes it into the audit where it is about an admin: the audit is of those with power.
pub(crate) async fn note(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    action: &'static str,
    kind: &str,
) -> Result<(), Error> {
    metrics::counter!("auth_second_factor_changes_total", "action" => action).increment(1);
    if account.role != Role::Admin {
        return Ok(());
    }
    let entry = audit::Entry {
        at: state.clock.now(),
        actor: Some(account.id),
        actor_name: &account.name,
        action,
        subject: Some(account.id),
        subject_name: &account.name,
        note: kind,
    };
    Ok(audit::write(tx, entry).await?)
}
