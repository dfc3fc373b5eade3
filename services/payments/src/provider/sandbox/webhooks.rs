//! The sandbox's webhooks: what it finds out later, told by a signed message.

use crate::{http::receive_webhook, signature, state::Payments};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// How often the sandbox looks for what is due.
const POLL: Duration = Duration::from_millis(100);
/// Webhooks sent at once.
const BATCH: i64 = 16;

/// The provider will know in a while, and say so.
pub(super) async fn schedule(
    connection: &mut PgConnection,
    charge: &str,
    delay: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO sandbox_webhooks (id, charge, due_at)
        VALUES ('evt_' || replace(gen_random_uuid()::text, '-', ''), $1, clock_timestamp() + $2 * interval '1 ms')
        ",
    )
    .bind(charge)
    .bind(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(())
}

/// What the webhooks are signed with.
pub(super) async fn secret(pool: &PgPool) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT webhook_secret FROM sandbox_secret").fetch_one(pool).await
}

/// Sends what is due until the process stops. It goes through the same door as a real provider's webhooks,
/// signature and all.
pub(crate) async fn send(state: Payments) {
    let mut tick = tokio::time::interval(POLL);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = send_due(&state).await {
            tracing::warn!(%error, "the sandbox could not send its webhooks");
        }
    }
}

async fn send_due(state: &Payments) -> Result<(), crate::error::Error> {
    let due: Vec<(String, String)> = sqlx::query_as(
        r"
        SELECT id, charge FROM sandbox_webhooks WHERE sent_at IS NULL AND due_at <= clock_timestamp()
        ORDER BY due_at LIMIT $1
        ",
    )
    .bind(BATCH)
    .fetch_all(&state.pool)
    .await?;
    for (id, charge) in due {
        sqlx::query(
            "UPDATE sandbox_charges SET state = 'authorized' WHERE idempotency_key = $1 AND state = 'processing'",
        )
        .bind(&charge)
        .execute(&state.pool)
        .await?;
        let body = json!({ "id": id, "type": "charge.updated", "data": { "idempotency_key": charge } });
        let body = body.to_string();
        let header = signature::sign(body.as_bytes(), &secret(&state.pool).await?, state.clock.now());
        receive_webhook::receive(state, &header, body.as_bytes()).await?;
        sqlx::query("UPDATE sandbox_webhooks SET sent_at = clock_timestamp() WHERE id = $1")
            .bind(&id)
            .execute(&state.pool)
            .await?;
    }
    Ok(())
}
