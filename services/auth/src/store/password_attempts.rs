//! How often a password was tried lately.

use contracts::Timestamp;
use sqlx::PgConnection;

/// Rows that one statement of [`forget`] deletes at most.
const FORGOTTEN_MAX: i64 = 5_000;

/// Counts an attempt; one that began its count before `since` begins it anew. Gives the count and its beginning.
pub(crate) async fn count(
    db: &mut PgConnection,
    subject: &[u8],
    since: Timestamp,
    now: Timestamp,
) -> Result<(i32, Timestamp), sqlx::Error> {
    sqlx::query_as(
        r"
        INSERT INTO password_attempts AS known (subject, attempts, begun_at) VALUES ($1, 1, $3)
        ON CONFLICT (subject) DO UPDATE SET
            attempts = CASE WHEN known.begun_at <= $2 THEN 1 ELSE known.attempts + 1 END,
            begun_at = CASE WHEN known.begun_at <= $2 THEN $3 ELSE known.begun_at END
        RETURNING attempts, begun_at
        ",
    )
    .bind(subject)
    .bind(since)
    .bind(now)
    .fetch_one(db)
    .await
}

/// Takes back one attempt that was not made.
pub(crate) async fn uncount(db: &mut PgConnection, subject: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE password_attempts SET attempts = attempts - 1 WHERE subject = $1 AND attempts > 0")
        .bind(subject)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets all attempts: the password was known.
pub(crate) async fn clear(db: &mut PgConnection, subject: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM password_attempts WHERE subject = $1").bind(subject).execute(db).await?;
    Ok(())
}

/// Deletes a batch of counts that began before that time; gives how many.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM password_attempts
        WHERE subject IN (SELECT subject FROM password_attempts WHERE begun_at <= $1 LIMIT $2)
        ",
    )
    .bind(before)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
