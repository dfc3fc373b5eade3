//! Recovery codes, by their hashes.

use contracts::{Timestamp, ids::UserId};
use sqlx::PgConnection;

/// Puts new codes in the place of all that there were. The user must be locked.
pub(crate) async fn replace(
    db: &mut PgConnection,
    user: UserId,
    hashes: &[Vec<u8>],
) -> Result<(), sqlx::Error> {
    delete(db, user).await?;
    sqlx::query("INSERT INTO recovery_codes (hash, user_id) SELECT unnest($2::bytea[]), $1")
        .bind(user)
        .bind(hashes)
        .execute(db)
        .await?;
    Ok(())
}

/// Uses a code of that user up; says whether it was one.
pub(crate) async fn take(
    db: &mut PgConnection,
    user: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE recovery_codes SET used_at = $3 WHERE hash = $2 AND user_id = $1 AND used_at IS NULL",
    )
    .bind(user)
    .bind(hash)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many codes of that user are left.
pub(crate) async fn left(db: &mut PgConnection, user: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL")
        .bind(user)
        .fetch_one(db)
        .await
}

/// Takes all codes away: nothing is left for which they could stand in.
pub(crate) async fn delete(db: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1").bind(user).execute(db).await?;
    Ok(())
}
