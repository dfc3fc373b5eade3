//! The relay: carries the outbox to the bus, each lane in order, and marks what was acknowledged.
//!
//! It reads unpublished rows, never "everything above the last id": sequences do not commit in order. One
//! relay owns a lane at a time, by a session-level advisory lock of the connection that also reads the rows.

use crate::{
    Backbone,
    envelope::Attributes,
    faults::{self, Crash, Step},
    outbox::LANES,
    topology,
};
use async_nats::jetstream::message::PublishMessage;
use contracts::Timestamp;
use sqlx::{PgConnection, Postgres, pool::PoolConnection};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the outbox is looked at when nobody wakes the relay.
const POLL: Duration = Duration::from_millis(200);
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_millis(500);
/// Rows read at once.
const BATCH: i64 = 256;
/// How often the stream is asked whether it is still the same, and old rows are dropped.
const HOUSEKEEPING: Duration = Duration::from_secs(5);
/// How long published rows are kept after what they tell, so that they can be published again.
const KEEP: Duration = Duration::from_hours(7 * 24);
/// Handled messages are forgotten when they cannot come again, with a margin of a day: what is published again just
/// before it is dropped from the outbox then stays in the stream for as long as any fact.
const FORGET_HANDLED: Duration =
    topology::EVENTS_MAX_AGE.saturating_add(KEEP).saturating_add(Duration::from_hours(24));
/// Handled messages forgotten at once.
const FORGET_BATCH: i64 = 5_000;
/// After so many checks in a row without a lane the relay says so.
const IDLE_REPORT: u64 = 12;
/// First key of the advisory locks of lanes.
const LOCK_CLASS: i32 = 0x0b0e;

#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the bus did not acknowledge")]
    Publish(#[from] async_nats::jetstream::context::PublishError),
    #[error("the stream is not there")]
    Stream(#[source] async_nats::Error),
    #[error(transparent)]
    Crash(#[from] Crash),
}

#[derive(sqlx::FromRow)]
struct Row {
    lane: i16,
    payload: serde_json::Value,
    #[sqlx(flatten)]
    attributes: Attributes,
}

/// One relay's hold on its lanes: the locks live as long as the connection, so it never goes back to the pool.
struct Lanes {
    connection: PoolConnection<Postgres>,
    owned: Vec<i16>,
    idle: Idle,
    checked: Option<tokio::time::Instant>,
}

impl Lanes {
    async fn open(backbone: &Backbone) -> sqlx::Result<Self> {
        let mut connection = backbone.pool.acquire().await?;
        connection.close_on_drop();
        Ok(Self { connection, owned: Vec::new(), idle: Idle::default(), checked: None })
    }
}

/// How long a relay has owned no lane. With several instances that is how the others wait for the one that
/// publishes; where it lasts and nobody publishes, somebody holds the locks and is stuck.
#[derive(Default)]
struct Idle(u64);

impl Idle {
    fn observe(&mut self, owned: usize) {
        if owned > 0 {
            self.0 = 0;
            return;
        }
        self.0 += 1;
        metrics::counter!("outbox_relay_without_lanes_total").increment(1);
        if self.0 == IDLE_REPORT {
            tracing::info!("the relay owns no lane: another instance publishes, or holds the locks in vain");
        }
    }
}

pub(crate) async fn run(backbone: &Backbone, stop: &CancellationToken) {
    let mut lanes = None;
    while !stop.is_cancelled() {
        let pause = match round(backbone, &mut lanes).await {
            Ok(0) => POLL,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error), "the relay waits");
                if matches!(error, RelayError::Database(_) | RelayError::Crash(_)) {
                    lanes = None;
                }
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = backbone.wake.notified(), if pause == POLL => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Publishes one batch; says how many rows it was.
async fn round(backbone: &Backbone, lanes: &mut Option<Lanes>) -> Result<usize, RelayError> {
    let lanes = match lanes {
        Some(lanes) => lanes,
        None => lanes.insert(Lanes::open(backbone).await?),
    };
    if lanes.checked.is_none_or(|checked| checked.elapsed() > HOUSEKEEPING) {
        lanes.checked = None;
        acquire(lanes).await?;
        lanes.idle.observe(lanes.owned.len());
        keep_house(backbone, &mut lanes.connection).await?;
        lanes.checked = Some(tokio::time::Instant::now());
    }
    if lanes.owned.is_empty() {
        return Ok(0);
    }
    let rows = unpublished(&mut lanes.connection, &lanes.owned).await?;
    let count = rows.len();
    let by_lane = lanes.owned.iter().map(|lane| {
        let rows = rows.iter().filter(|row| row.lane == *lane).collect::<Vec<_>>();
        publish_lane(backbone, rows)
    });
    let (published, failures): (Vec<_>, Vec<_>) =
        futures::future::join_all(by_lane).await.into_iter().unzip();
    let published = published.concat();
    if !published.is_empty() {
        backbone.faults.reach(faults::RELAY, Step::Published)?;
        mark(&mut lanes.connection, &published).await?;
    }
    match failures.into_iter().flatten().next() {
        Some(failure) => Err(failure.into()),
        None => Ok(count),
    }
}

/// Takes the lanes that nobody owns.
async fn acquire(lanes: &mut Lanes) -> sqlx::Result<()> {
    for lane in (0..LANES).filter(|lane| !lanes.owned.contains(lane)).collect::<Vec<_>>() {
        let (got,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_lock($1, $2)")
            .bind(LOCK_CLASS)
            .bind(i32::from(lane))
            .fetch_one(&mut *lanes.connection)
            .await?;
        if got {
            lanes.owned.push(lane);
        }
    }
    Ok(())
}

async fn unpublished(connection: &mut PgConnection, lanes: &[i16]) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        r"
        SELECT id, subject, aggregate_id, occurred_at, traceparent, lane, payload
        FROM outbox WHERE published_at IS NULL AND lane = ANY($1) ORDER BY seq LIMIT $2
        ",
    )
    .bind(lanes)
    .bind(BATCH)
    .fetch_all(connection)
    .await
}

/// Publishes one lane in order; stops at the first failure, so that nothing overtakes.
async fn publish_lane(
    backbone: &Backbone,
    rows: Vec<&Row>,
) -> (Vec<Uuid>, Option<async_nats::jetstream::context::PublishError>) {
    let mut published = Vec::with_capacity(rows.len());
    for row in rows {
        match publish(backbone, row).await {
            Ok(()) => published.push(row.attributes.id),
            Err(error) => return (published, Some(error)),
        }
    }
    (published, None)
}

async fn publish(backbone: &Backbone, row: &Row) -> Result<(), async_nats::jetstream::context::PublishError> {
    let message = PublishMessage::build()
        .headers(row.attributes.headers(backbone.service))
        .payload(row.payload.to_string().into());
    backbone.jetstream.send_publish(row.attributes.subject.clone(), message).await?.await?;
    metrics::counter!("outbox_published_total").increment(1);
    Ok(())
}

async fn mark(connection: &mut PgConnection, published: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query("UPDATE outbox SET published_at = now() WHERE id = ANY($1)")
        .bind(published)
        .execute(connection)
        .await?;
    Ok(())
}

/// Publishes everything that is kept again where the stream was created anew, and drops what is old.
async fn keep_house(backbone: &Backbone, connection: &mut PgConnection) -> Result<(), RelayError> {
    forget_old(connection).await?;
    let stream = backbone.jetstream.get_stream(topology::EVENTS).await;
    let created = stream.map_err(|error| RelayError::Stream(error.into()))?.cached_info().created;
    if is_new(connection, created).await? {
        let again = sqlx::query("UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL")
            .execute(&mut *connection)
            .await?;
        tracing::info!(rows = again.rows_affected(), "the stream is new: publishing everything that is kept");
        sqlx::query(
            r"
            INSERT INTO outbox_stream (created_at) VALUES ($1)
            ON CONFLICT (only_row) DO UPDATE SET created_at = excluded.created_at
            ",
        )
        .bind(created)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn forget_old(connection: &mut PgConnection) -> sqlx::Result<()> {
    // By the time of the fact, which publishing it again does not renew.
    sqlx::query(
        r"
        DELETE FROM outbox
        WHERE published_at IS NOT NULL AND occurred_at < now() - make_interval(secs => $1)
        ",
    )
    .bind(KEEP.as_secs_f64())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        r"
        DELETE FROM inbox WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM inbox WHERE handled_at < now() - make_interval(secs => $1)
            ORDER BY handled_at LIMIT $2
        ))
        ",
    )
    .bind(FORGET_HANDLED.as_secs_f64())
    .bind(FORGET_BATCH)
    .execute(connection)
    .await?;
    Ok(())
}

async fn is_new(connection: &mut PgConnection, created: Timestamp) -> sqlx::Result<bool> {
    let known: Option<(Timestamp,)> =
        sqlx::query_as("SELECT created_at FROM outbox_stream").fetch_optional(connection).await?;
    Ok(known.is_none_or(|(known,)| known.timestamp_micros() != created.timestamp_micros()))
}
