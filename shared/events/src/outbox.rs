//! The outbox: facts written in the transaction of the change they tell of. There is no other way to publish.

use crate::{Aggregate, aggregate::subject};
use opentelemetry::propagation::Injector;
use sqlx::PgTransaction;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use uuid::Uuid;

/// Facts of one aggregate go through one lane, so that they keep their order.
pub const LANES: i16 = 8;

/// A fact could not be written to the outbox.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The state has no JSON form.
    #[error("the state cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The database refused it.
    #[error("the outbox cannot be written")]
    Database(#[from] sqlx::Error),
}

/// Publishes a fact with the aggregate's state after it, when and only when `tx` commits.
///
/// Call [`crate::Backbone::wake`] after the commit; without it the relay finds the fact within its poll.
pub async fn publish<A: Aggregate>(
    tx: &mut PgTransaction<'_>,
    fact: A::Fact,
    state: &A,
) -> Result<(), PublishError> {
    let id = state.id();
    sqlx::query(
        r"
        INSERT INTO outbox (id, subject, aggregate_id, aggregate_version, lane, payload, traceparent, occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
        ",
    )
    .bind(Uuid::now_v7())
    .bind(subject::<A>(id, fact))
    .bind(id)
    .bind(state.version())
    .bind(lane(id))
    .bind(serde_json::to_value(state)?)
    .bind(current_traceparent())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The most facts that one statement writes.
const CHUNK: usize = 500;

/// Publishes many facts of one kind of aggregate in few statements, in their order.
pub async fn publish_all<A: Aggregate>(
    tx: &mut PgTransaction<'_>,
    facts: &[(A::Fact, A)],
) -> Result<(), PublishError> {
    let traceparent = current_traceparent();
    for chunk in facts.chunks(CHUNK) {
        let (mut ids, mut subjects, mut aggregates) = (Vec::new(), Vec::new(), Vec::new());
        let (mut versions, mut lanes, mut payloads) = (Vec::new(), Vec::new(), Vec::new());
        for (fact, state) in chunk {
            ids.push(Uuid::now_v7());
            subjects.push(subject::<A>(state.id(), *fact));
            aggregates.push(state.id());
            versions.push(state.version());
            lanes.push(lane(state.id()));
            payloads.push(serde_json::to_value(state)?);
        }
        sqlx::query(
            r"
            INSERT INTO outbox (id, subject, aggregate_id, aggregate_version, lane, payload, traceparent, occurred_at)
            SELECT id, subject, aggregate_id, aggregate_version, lane, payload, $7, clock_timestamp()
            FROM UNNEST($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::smallint[], $6::jsonb[])
                WITH ORDINALITY AS fact (id, subject, aggregate_id, aggregate_version, lane, payload, place)
            ORDER BY place
            ",
        )
        .bind(ids)
        .bind(subjects)
        .bind(aggregates)
        .bind(versions)
        .bind(lanes)
        .bind(payloads)
        .bind(&traceparent)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn lane(id: Uuid) -> i16 {
    i16::from(id.as_bytes()[15]) % LANES
}

/// The trace that the change belongs to, as W3C `traceparent`.
fn current_traceparent() -> Option<String> {
    struct Carrier(Option<String>);
    impl Injector for Carrier {
        fn set(&mut self, key: &str, value: String) {
            if key == "traceparent" {
                self.0 = Some(value);
            }
        }
    }
    let mut carrier = Carrier(None);
    let context = tracing::Span::current().context();
    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut carrier);
    });
    carrier.0
}
