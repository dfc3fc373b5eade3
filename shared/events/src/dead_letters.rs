//! Messages that could not be handled are kept, so that the others go on.

use crate::consumer::{Failure, Raw};
use async_nats::jetstream::message;
use sqlx::PgPool;

/// Keeps a message once, however often it is parked; says whether that is certain.
pub(crate) async fn keep(
    pool: &PgPool,
    durable: &str,
    raw: &Raw,
    failure: &Failure,
    info: &message::Info<'_>,
) -> bool {
    let headers: serde_json::Map<String, serde_json::Value> = raw
        .headers
        .iter()
        .map(|(name, values)| {
            (name.to_string(), values.iter().map(async_nats::HeaderValue::as_str).collect::<Vec<_>>().into())
        })
        .collect();
    let kept = sqlx::query(
        r"
        INSERT INTO dead_letters
            (consumer, stream_seq, stored_at, subject, headers, payload, error, deliveries)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (consumer, stream_seq, stored_at) DO NOTHING
        ",
    )
    .bind(durable)
    .bind(i64::try_from(info.stream_sequence).unwrap_or(i64::MAX))
    .bind(info.published)
    .bind(&raw.subject)
    .bind(serde_json::Value::Object(headers))
    .bind(raw.payload.as_ref())
    .bind(failure.to_string())
    .bind(info.delivered)
    .execute(pool)
    .await;
    match kept {
        Ok(kept) => {
            metrics::counter!("dead_letters_total", "consumer" => durable.to_owned())
                .increment(kept.rows_affected());
            true
        }
        Err(error) => {
            tracing::warn!(consumer = durable, %error, "a dead letter could not be kept");
            false
        }
    }
}
