//! What people are told of their accounts by mail. Notifications writes the letters.
//!
//! To tell of something new: a `NoticeKind`, its words in notifications' `letter/notice.rs`, and in the transaction of
//! the change `notices::issue(&mut tx, &notices::about(&account, kind, now))`.

use crate::{account::Account, error::Error};
use contracts::{Timestamp, auth::NoticeKind};
use events::{
    auth::{Notice, NoticeFact},
    outbox,
};
use sqlx::PgTransaction;

/// A notice to the address of the account, without a link.
pub(crate) fn about(account: &Account, kind: NoticeKind, now: Timestamp) -> Notice {
    Notice {
        id: service::new_id(),
        user: account.id,
        kind,
        email: account.email.clone(),
        name: account.name.clone(),
        at: now,
        user_agent: None,
        expires_at: None,
        version: 1,
    }
}

/// Has it mailed, when and only when `tx` commits.
pub(crate) async fn issue(tx: &mut PgTransaction<'_>, notice: &Notice) -> Result<(), Error> {
    Ok(outbox::publish(tx, NoticeFact::Issued, notice).await?)
}
