//! The job that forgets what is old: at the start and then every hour, in small batches, beside the deadlines and
//! never before them.

use crate::timers;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Rows of one statement.
const BATCH: i64 = 500;
/// How long to rest between two batches, so that deadlines find the database free.
const REST: Duration = Duration::from_millis(100);
/// How long to wait when nothing old is left, or the database failed.
const PAUSE: Duration = Duration::from_hours(1);

/// Forgets old timers until `stop`.
pub(crate) async fn run(pool: PgPool, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match batch(&pool).await {
            Ok(rows) if rows >= BATCH.unsigned_abs() => REST,
            Ok(_) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "old timers could not be forgotten");
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

async fn batch(pool: &PgPool) -> sqlx::Result<u64> {
    let rows = timers::forget_old(&mut *pool.acquire().await?, BATCH).await?;
    tracing::debug!(rows, "old timers forgotten");
    Ok(rows)
}
