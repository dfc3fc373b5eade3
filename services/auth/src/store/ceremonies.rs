//! Ceremonies of passkeys: what a browser was asked to sign.

use contracts::{Timestamp, ids::SessionId};
use serde_json::Value;
use sqlx::PgConnection;

/// Rows that one statement of [`forget`] deletes at most.
const FORGOTTEN_MAX: i64 = 5_000;

/// Adds a ceremony.
pub(crate) async fn insert(
    db: &mut PgConnection,
    challenge: &str,
    session: Option<SessionId>,
    state: &Value,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ceremonies (challenge, session_id, state, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(challenge)
        .bind(session)
        .bind(state)
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes a ceremony that is not over: nobody gets it twice.
pub(crate) async fn take(
    db: &mut PgConnection,
    challenge: &str,
    now: Timestamp,
) -> Result<Option<(Option<SessionId>, Value)>, sqlx::Error> {
    sqlx::query_as(
        "DELETE FROM ceremonies WHERE challenge = $1 AND expires_at > $2 RETURNING session_id, state",
    )
    .bind(challenge)
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Deletes a batch of those that are over; gives how many.
pub(crate) async fn forget(db: &mut PgConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM ceremonies
        WHERE challenge IN (SELECT challenge FROM ceremonies WHERE expires_at <= $1 LIMIT $2)
        ",
    )
    .bind(now)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
