//! Links in mail, by the hash of their secret.

use crate::links::Purpose;
use contracts::{
    Timestamp,
    ids::{SessionId, UserId},
};
use sqlx::PgConnection;

/// Rows that one statement of [`forget`] deletes at most.
const FORGOTTEN_MAX: i64 = 5_000;

/// What a link is for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Link {
    pub(crate) user_id: UserId,
    #[sqlx(try_from = "String")]
    pub(crate) purpose: Purpose,
    pub(crate) email: String,
    pub(crate) session_id: Option<SessionId>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Adds a link.
pub(crate) async fn insert(db: &mut PgConnection, hash: &[u8], link: &Link) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO email_links (hash, user_id, purpose, email, session_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ",
    )
    .bind(hash)
    .bind(link.user_id)
    .bind(link.purpose.as_str())
    .bind(&link.email)
    .bind(link.session_id)
    .bind(link.created_at)
    .bind(link.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// The link, unless it was ended or has run out.
pub(crate) async fn find_live(
    db: &mut PgConnection,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<Link>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT user_id, purpose, email, session_id, created_at, expires_at FROM email_links
        WHERE hash = $1 AND ended_at IS NULL AND expires_at > $2
        ",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Ends a link; false where it had ended or run out.
pub(crate) async fn end(db: &mut PgConnection, hash: &[u8], now: Timestamp) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "UPDATE email_links SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL AND expires_at > $2",
    )
    .bind(hash)
    .bind(now)
    .execute(db)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends every link of an account that is for one of these purposes.
pub(crate) async fn end_all(
    db: &mut PgConnection,
    user: UserId,
    purposes: &[Purpose],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        UPDATE email_links SET ended_at = $3
        WHERE user_id = $1 AND ended_at IS NULL AND purpose = ANY($2)
        ",
    )
    .bind(user)
    .bind(purposes.iter().map(|purpose| purpose.as_str()).collect::<Vec<_>>())
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes a batch of links that ran out before that time; gives how many.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM email_links
        WHERE hash IN (SELECT hash FROM email_links WHERE expires_at < $1 LIMIT $2)
        ",
    )
    .bind(before)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
