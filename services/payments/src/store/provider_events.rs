//! What the provider told us unasked.

use crate::provider::ProviderEvent;
use sqlx::PgConnection;

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
