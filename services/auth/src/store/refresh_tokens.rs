//! Refresh tokens, by their hashes.

use contracts::{Timestamp, ids::SessionId};
use sqlx::PgConnection;

/// A refresh token and what is known of its successor.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct StoredToken {
    pub(crate) created_at: Timestamp,
    pub(crate) successor: Option<Vec<u8>>,
    pub(crate) successor_used_at: Option<Timestamp>,
}

/// The session of a token, for locking before anything is judged.
pub(crate) async fn session_of(db: &mut PgConnection, hash: &[u8]) -> Result<Option<SessionId>, sqlx::Error> {
    sqlx::query_scalar("SELECT session_id FROM refresh_tokens WHERE hash = $1")
        .bind(hash)
        .fetch_optional(db)
        .await
}

/// The token. Read it after the user is locked.
pub(crate) async fn find(db: &mut PgConnection, hash: &[u8]) -> Result<Option<StoredToken>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT t.created_at, t.successor, s.used_at AS successor_used_at
        FROM refresh_tokens t LEFT JOIN refresh_tokens s ON s.hash = t.successor
        WHERE t.hash = $1
        ",
    )
    .bind(hash)
    .fetch_optional(db)
    .await
}

/// Adds a token.
pub(crate) async fn insert(
    db: &mut PgConnection,
    hash: &[u8],
    session: SessionId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)")
        .bind(hash)
        .bind(session)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes the first use of a token and what replaced it.
pub(crate) async fn rotate(
    db: &mut PgConnection,
    hash: &[u8],
    successor: &[u8],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE refresh_tokens SET used_at = COALESCE(used_at, $3), successor = $2 WHERE hash = $1")
        .bind(hash)
        .bind(successor)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}
