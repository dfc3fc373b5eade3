//! What the provider told us unasked.

use crate::provider::ProviderEvent;
use sqlx::PgConnection;
use std::time::Duration;

use super::payments::millis;

/// Keeps an event; one that came before is kept once.
pub(crate) async fn keep(
    connection: &mut PgConnection,
    provider: &str,
    event: &ProviderEvent,
    body: &serde_json::Value,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO provider_events (provider, id, subject, body) VALUES ($1, $2, $3, $4)
        ON CONFLICT (provider, id) DO NOTHING
        ",
    )
    .bind(provider)
    .bind(&event.id)
    .bind(&event.subject)
    .bind(body)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets the worker ask about the payments that events are about, `limit` events at most. Says how many.
///
/// The event itself is not believed: it may be old. It only says that there is something to ask.
pub(crate) async fn process(connection: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let processed = sqlx::query(
        r"
        WITH processed AS (
            UPDATE provider_events SET processed_at = clock_timestamp()
            WHERE (provider, id) IN (
                SELECT provider, id FROM provider_events WHERE processed_at IS NULL
                ORDER BY received_at LIMIT $1 FOR UPDATE SKIP LOCKED
            )
            RETURNING subject
        ), told AS (
            -- A challenge may have been passed on the provider's own page; all else that is open is due already.
            UPDATE payments SET next_ask_at = clock_timestamp()
            FROM processed
            WHERE processed.subject IN (provider_key, provider_reference)
                AND status IN ('pending', 'requires_action', 'authorized')
        )
        SELECT subject FROM processed
        ",
    )
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(processed.rows_affected())
}

/// Forgets events that were processed longer than `age` ago, `limit` at most. Says how many.
pub(crate) async fn forget(connection: &mut PgConnection, age: Duration, limit: i64) -> sqlx::Result<u64> {
    let forgotten = sqlx::query(
        r"
        DELETE FROM provider_events WHERE (provider, id) IN (
            SELECT provider, id FROM provider_events
            WHERE processed_at < clock_timestamp() - $1 * interval '1 ms'
            ORDER BY processed_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        ",
    )
    .bind(millis(age))
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(forgotten.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn old_events_are_forgotten_in_bounded_batches_and_waiting_ones_never() {
        let database = testkit::TestDatabase::create().await;
        let pool = database.pool().await;
        sqlx::migrate!().run(&pool).await.unwrap();
        sqlx::query(
            "INSERT INTO provider_events (provider, id, body, received_at, processed_at)
             SELECT 'sandbox', 'old-' || n, '{}'::jsonb, now() - interval '9 days', now() - interval '8 days'
             FROM generate_series(1, 5) n
             UNION ALL SELECT 'sandbox', 'new', '{}', now(), now()
             UNION ALL SELECT 'sandbox', 'waiting', '{}', now() - interval '9 days', NULL",
        )
        .execute(&pool)
        .await
        .unwrap();
        let mut connection = pool.acquire().await.unwrap();
        let mut forgotten = Vec::new();
        for _ in 0..4 {
            forgotten.push(forget(&mut connection, Duration::from_hours(7 * 24), 2).await.unwrap());
        }
        assert_eq!(forgotten, [2, 2, 1, 0]);
        let left: Vec<String> = sqlx::query_scalar("SELECT id FROM provider_events ORDER BY id")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        assert_eq!(left, ["new", "waiting"]);
    }
}
