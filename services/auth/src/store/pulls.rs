//! Which instances asked auth itself, and what they have applied by that.

use crate::presence::Instance;
use contracts::Timestamp;
use sqlx::PgConnection;
use std::time::Duration;

/// Notes that an instance asked. The time is the database's: instances of auth write it and read each other's.
pub(crate) async fn note(db: &mut PgConnection, instance: &Instance) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO pulls (service, instance, at) VALUES ($1, $2, clock_timestamp())
        ON CONFLICT (service, instance) DO UPDATE SET at = excluded.at
        ",
    )
    .bind(&instance.service)
    .bind(&instance.name)
    .execute(db)
    .await?;
    Ok(())
}

/// Instances that asked any instance of auth in the last so many seconds, by the database's clock.
pub(crate) async fn heard_within(
    db: &mut PgConnection,
    length: Duration,
) -> Result<Vec<Instance>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT service, instance FROM pulls WHERE at > clock_timestamp() - make_interval(secs => $1)",
    )
    .bind(length.as_secs_f64())
    .fetch_all(db)
    .await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::TestDatabase;

    const ALIVE: Duration = Duration::from_secs(4);

    #[tokio::test]
    async fn signs_of_life_are_as_old_as_the_database_says() {
        let database = TestDatabase::create().await;
        let pool = service::db::open(&database.url, &sqlx::migrate!()).await.unwrap();
        let mut db = pool.begin().await.unwrap();
        let instance = Instance::new("orders", "orders-1").unwrap();
        note(&mut db, &instance).await.unwrap();
        assert_eq!(heard_within(&mut db, ALIVE).await.unwrap(), std::slice::from_ref(&instance));
        // An instance of auth whose clock goes wrong has left its mark: the next sign of life is right again.
        for wrong in ["- interval '5 seconds'", "+ interval '1 hour'"] {
            let set = format!("UPDATE pulls SET at = at {wrong}");
            sqlx::query(sqlx::AssertSqlSafe(set)).execute(&mut *db).await.unwrap();
            let heard = heard_within(&mut db, ALIVE).await.unwrap();
            assert_eq!(heard.is_empty(), wrong.starts_with('-'), "{wrong}");
            note(&mut db, &instance).await.unwrap();
            let past: bool = sqlx::query_scalar(
                "SELECT at <= clock_timestamp() AND at > clock_timestamp() - interval '4 seconds' FROM pulls",
            )
            .fetch_one(&mut *db)
            .await
            .unwrap();
            assert!(past, "{wrong}");
        }
    }
}
