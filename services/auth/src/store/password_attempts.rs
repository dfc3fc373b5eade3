//! How often something was tried lately.

use crate::attempts::Bound;
use contracts::Timestamp;
use sqlx::PgConnection;

/// Rows that one statement of [`forget`] deletes at most.
const FORGOTTEN_MAX: i64 = 5_000;
/// A count that grew is remembered for so many hours after its end.
pub(crate) const REMEMBERED_HOURS: i64 = 24;

/// Counts so many attempts, one or none; what comes after the count has ended begins it anew. Where the bound grows and
/// the count before was used up, the new one lasts twice as long, up to `Bound::DOUBLINGS` times. Gives the count and its
/// end.
pub(crate) async fn count(
    db: &mut PgConnection,
    subject: &[u8],
    (bound, by): (Bound, i32),
    now: Timestamp,
) -> Result<(i32, Timestamp), sqlx::Error> {
    sqlx::query_as(
        r"
        INSERT INTO password_attempts AS known (subject, attempts, begun_at, ends_at, rounds)
        VALUES ($1, $7, $2, $2 + $3 * interval '1 second', 0)
        ON CONFLICT (subject) DO UPDATE SET (attempts, begun_at, ends_at, rounds) = (
            SELECT
                CASE WHEN anew THEN $7 ELSE known.attempts + $7 END,
                CASE WHEN anew THEN $2 ELSE known.begun_at END,
                CASE WHEN anew THEN $2 + $3 * 2 ^ round * interval '1 second' ELSE known.ends_at END,
                CASE WHEN anew THEN round ELSE known.rounds END
            FROM (
                SELECT known.ends_at <= $2 AS anew,
                    CASE WHEN $5 > 0 AND known.attempts >= $4 AND known.ends_at > $2 - $6 * interval '1 hour'
                        THEN least(known.rounds + 1, $5) ELSE 0 END AS round
            ) AS next
        )
        RETURNING attempts, ends_at
        ",
    )
    .bind(subject)
    .bind(now)
    .bind(bound.window.num_seconds())
    .bind(bound.max)
    .bind(if bound.grows { Bound::DOUBLINGS } else { 0 })
    .bind(REMEMBERED_HOURS)
    .bind(by)
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

/// Deletes a batch of counts that ended before that time; gives how many.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM password_attempts
        WHERE subject IN (SELECT subject FROM password_attempts WHERE ends_at <= $1 LIMIT $2)
        ",
    )
    .bind(before)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
