//! The runner: takes messages, opens and commits the handler's transaction, acknowledges after the commit.

use crate::{
    Backbone, Handling,
    consumer::{AnyHandler, Failure, Raw},
    faults::Step,
    topology,
};
use async_nats::jetstream::{AckKind, Message, consumer::PullConsumer, consumer::pull};
use futures::StreamExt;
use opentelemetry::propagation::Extractor;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Messages fetched at once.
const BATCH: usize = 64;
/// How long a fetch waits for messages.
const FETCH_WAIT: Duration = Duration::from_secs(10);
/// How long to wait when the bus does not answer.
const PAUSE: Duration = Duration::from_millis(500);
/// A message that failed this often is parked. What fails for want of the database does not count.
pub const MAX_DELIVERIES: i64 = 20;

pub(crate) async fn run(backbone: &Backbone, handler: &dyn AnyHandler, stop: &CancellationToken) {
    let durable = format!("{}-{}", backbone.service, handler.name());
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            ended = take(backbone, handler, &durable) => {
                let error = ended.err().map(|error| error.to_string());
                tracing::info!(consumer = durable, error, "waiting for the consumer");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Handles messages until the bus fails.
async fn take(backbone: &Backbone, handler: &dyn AnyHandler, durable: &str) -> Result<(), async_nats::Error> {
    let consumer: PullConsumer =
        backbone.jetstream.get_consumer_from_stream(durable, topology::EVENTS).await?;
    let mut messages: pull::Stream = consumer
        .stream()
        .max_messages_per_batch(BATCH)
        .expires(FETCH_WAIT)
        .heartbeat(Duration::from_secs(2))
        .messages()
        .await?;
    while let Some(message) = messages.next().await {
        let message = message?;
        let deliveries = message.info().map_or(1, |info| info.delivered);
        let kind = settle(backbone, handler, durable, &message, deliveries).await;
        message.ack_with(kind).await?;
    }
    Ok(())
}

/// Handles one message and says what to tell the bus.
async fn settle(
    backbone: &Backbone,
    handler: &dyn AnyHandler,
    durable: &str,
    message: &Message,
    deliveries: i64,
) -> AckKind {
    let raw = Raw {
        subject: message.subject.to_string(),
        headers: message.headers.clone().unwrap_or_default(),
        payload: message.payload.clone(),
    };
    let span = tracing::info_span!("consume", consumer = durable, subject = raw.subject);
    // Fails only where no tracing layer is installed, as in some tests.
    drop(span.set_parent(opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract(&Headers(&raw.headers))
    })));
    let tried = try_once(backbone, handler, durable, &raw).instrument(span).await;
    let Err(failure) = tried else {
        metrics::counter!("events_handled_total", "consumer" => durable.to_owned()).increment(1);
        return AckKind::Ack;
    };
    let final_failure = match &failure {
        Failure::Handling(Handling::Reject(_)) | Failure::Envelope(_) => true,
        Failure::Handling(Handling::Retry(_)) => deliveries >= MAX_DELIVERIES,
        Failure::Database(_) | Failure::Crash(_) => false,
    };
    tracing::warn!(consumer = durable, subject = raw.subject, deliveries, %failure, final_failure, "not handled");
    if final_failure && park(backbone, durable, message, &raw, &failure, deliveries).await {
        return AckKind::Term;
    }
    match failure {
        Failure::Crash(_) => AckKind::Nak(None),
        _ => AckKind::Nak(Some(backoff(deliveries))),
    }
}

async fn try_once(
    backbone: &Backbone,
    handler: &dyn AnyHandler,
    durable: &str,
    raw: &Raw,
) -> Result<(), Failure> {
    backbone.faults.reach(durable, Step::Received)?;
    let mut tx = backbone.pool.begin().await?;
    handler.handle(&mut tx, backbone.service, raw).await?;
    backbone.faults.reach(durable, Step::Handled)?;
    tx.commit().await?;
    backbone.wake();
    backbone.faults.reach(durable, Step::Committed)?;
    Ok(())
}

/// 100 ms, 200 ms, … 30 s.
fn backoff(deliveries: i64) -> Duration {
    let doublings = u32::try_from(deliveries.clamp(1, 10) - 1).unwrap_or(0);
    Duration::from_millis(100 << doublings).min(Duration::from_secs(30))
}

/// Keeps a message that cannot be handled, so that the others go on. False where it could not be kept.
async fn park(
    backbone: &Backbone,
    durable: &str,
    message: &Message,
    raw: &Raw,
    failure: &Failure,
    deliveries: i64,
) -> bool {
    let headers: serde_json::Map<String, serde_json::Value> = raw
        .headers
        .iter()
        .map(|(name, values)| {
            (name.to_string(), values.iter().map(async_nats::HeaderValue::as_str).collect::<Vec<_>>().into())
        })
        .collect();
    let stream_seq = message.info().ok().and_then(|info| i64::try_from(info.stream_sequence).ok());
    let kept = sqlx::query(
        r"
        INSERT INTO dead_letters (consumer, stream_seq, subject, headers, payload, error, deliveries)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (consumer, stream_seq) DO NOTHING
        ",
    )
    .bind(durable)
    .bind(stream_seq.unwrap_or_default())
    .bind(&raw.subject)
    .bind(serde_json::Value::Object(headers))
    .bind(raw.payload.as_ref())
    .bind(failure.to_string())
    .bind(deliveries)
    .execute(&backbone.pool)
    .await;
    metrics::counter!("dead_letters_total", "consumer" => durable.to_owned()).increment(1);
    kept.is_ok()
}

struct Headers<'a>(&'a async_nats::HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(async_nats::HeaderValue::as_str)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_ref()).collect()
    }
}
