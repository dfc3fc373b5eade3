//! The job that takes timers as they fall due and says so.

use crate::timers;
use events::{
    Backbone,
    expiration::TimerFact,
    outbox::{self, PublishError},
};
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Timers of one transaction.
const BATCH: i64 = 256;
/// The longest sleep: a timer that is set meanwhile waits no longer than this beyond its time.
const LONGEST_SLEEP: Duration = Duration::from_millis(200);
/// How often old rows are dropped.
const HOUSEKEEPING: Duration = Duration::from_hours(1);

/// Drains due timers until `stop`.
pub(crate) async fn run(pool: PgPool, backbone: Backbone, stop: CancellationToken) {
    let mut cleaned = Instant::now();
    while !stop.is_cancelled() {
        let pause = match round(&pool, &backbone).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error), "timers could not be drained");
                LONGEST_SLEEP
            }
        };
        if cleaned.elapsed() > HOUSEKEEPING {
            cleaned = Instant::now();
            keep_house(&pool).await;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Publishes one batch; says how long there is nothing to do.
async fn round(pool: &PgPool, backbone: &Backbone) -> Result<Duration, PublishError> {
    let mut tx = pool.begin().await?;
    let due = timers::take_due(&mut tx, BATCH).await?;
    for timer in &due {
        outbox::publish(&mut tx, TimerFact::DeadlineReached, timer).await?;
    }
    let next = timers::until_next(&mut tx).await?;
    tx.commit().await?;
    if !due.is_empty() {
        backbone.wake();
        metrics::counter!("deadlines_reached_total").increment(due.len() as u64);
    }
    Ok(next.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP))
}

async fn keep_house(pool: &PgPool) {
    let forgotten = async { timers::forget_old(&mut *pool.acquire().await?).await };
    match forgotten.await {
        Ok(rows) => tracing::debug!(rows, "old timers forgotten"),
        Err(error) => tracing::warn!(%error, "old timers could not be forgotten"),
    }
}
