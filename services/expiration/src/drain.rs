//! The job that takes timers as they fall due and says so.

use crate::timers;
use events::{
    Backbone,
    expiration::TimerFact,
    outbox::{self, PublishError},
};
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Timers of one transaction.
const BATCH: i64 = 256;
/// The longest sleep: a timer that is set meanwhile waits no longer than this beyond its time.
const LONGEST_SLEEP: Duration = Duration::from_millis(200);

/// Drains due timers until `stop`.
pub(crate) async fn run(pool: PgPool, backbone: Backbone, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match round(&pool, &backbone).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error), "timers could not be drained");
                LONGEST_SLEEP
            }
        };
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
