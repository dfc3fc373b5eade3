//! Sign-ins whose second step is still to come, by the hashes of their challenges.

use crate::second_factor::StoredChallenge;
use contracts::{Timestamp, ids::UserId};
use sqlx::PgConnection;

/// Challenges of one account at most; the next one ends the oldest.
const OF_USER_MAX: i64 = 10;
/// Rows that one statement of [`forget`] deletes at most.
const FORGOTTEN_MAX: i64 = 5_000;

/// Adds a challenge of a user who is locked.
pub(crate) async fn insert(
    db: &mut PgConnection,
    hash: &[u8],
    challenge: &StoredChallenge,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO signin_challenges (hash, user_id, generation, proven, expires_at) VALUES ($1, $2, $3, $4, $5)
        ",
    )
    .bind(hash)
    .bind(challenge.user_id)
    .bind(challenge.generation)
    .bind(&challenge.proven)
    .bind(challenge.expires_at)
    .execute(&mut *db)
    .await?;
    keep_newest(db, challenge.user_id).await
}

async fn keep_newest(db: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        DELETE FROM signin_challenges WHERE hash IN (
            SELECT hash FROM signin_challenges WHERE user_id = $1 ORDER BY expires_at DESC, hash OFFSET $2
        )
        ",
    )
    .bind(user)
    .bind(OF_USER_MAX)
    .execute(db)
    .await?;
    Ok(())
}

/// The challenge. Read it again once its user is locked.
pub(crate) async fn find(db: &mut PgConnection, hash: &[u8]) -> Result<Option<StoredChallenge>, sqlx::Error> {
    sqlx::query_as("SELECT user_id, generation, proven, expires_at FROM signin_challenges WHERE hash = $1")
        .bind(hash)
        .fetch_optional(db)
        .await
}

/// Takes the challenge away: it was used.
pub(crate) async fn delete(db: &mut PgConnection, hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM signin_challenges WHERE hash = $1").bind(hash).execute(db).await?;
    Ok(())
}

/// Deletes a batch of those that are over; gives how many.
pub(crate) async fn forget(db: &mut PgConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM signin_challenges
        WHERE hash IN (SELECT hash FROM signin_challenges WHERE expires_at <= $1 LIMIT $2)
        ",
    )
    .bind(now)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
