//! Which instances asked auth itself, and what they have applied by that.

use crate::presence::Instance;
use contracts::Timestamp;
use sqlx::PgConnection;

/// Notes that an instance asked.
pub(crate) async fn note(
    db: &mut PgConnection,
    instance: &Instance,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO pulls (service, instance, at) VALUES ($1, $2, $3)
        ON CONFLICT (service, instance) DO UPDATE SET at = greatest(pulls.at, excluded.at)
        ",
    )
    .bind(&instance.service)
    .bind(&instance.name)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

/// Instances that asked any instance of auth after that time.
pub(crate) async fn heard_after(
    db: &mut PgConnection,
    time: Timestamp,
) -> Result<Vec<Instance>, sqlx::Error> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT service, instance FROM pulls WHERE at > $1").bind(time).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(service, name)| Instance { service, name }).collect())
}

/// Notes that an instance has applied every ban up to that place in the history; the first time counts.
///
/// A later revocation of the same user says so too: it refuses all that the ban refused.
pub(crate) async fn applied_through(
    db: &mut PgConnection,
    instance: &Instance,
    cursor: i64,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        UPDATE ban_receipts SET applied_at = $4
        FROM bans b JOIN revocations r ON r.kind = 'user' AND r.subject_id = b.user_id
            AND r.generation >= b.generation AND r.cursor <= $3
        WHERE ban_receipts.ban_id = b.id AND ban_receipts.service = $1 AND ban_receipts.instance = $2
            AND ban_receipts.applied_at IS NULL AND ban_receipts.gone IS NULL
        ",
    )
    .bind(&instance.service)
    .bind(&instance.name)
    .bind(cursor)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes signs of life of before that time.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM pulls WHERE at < $1").bind(before).execute(db).await?;
    Ok(())
}
