//! Work that no request waits for.

use crate::{state::Tickets, store};
use std::time::Duration;

/// How often old keys are looked for.
const EVERY: Duration = Duration::from_mins(10);
/// Keys forgotten in one statement.
const BATCH: u16 = 1000;

/// Forgets idempotency keys that nobody will repeat any more.
pub(crate) async fn forget_old_keys(state: Tickets) {
    let stop = state.lifecycle.stop.clone();
    while !stop.is_cancelled() {
        match forget(&state).await {
            Ok(forgotten) if forgotten == u64::from(BATCH) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old idempotency keys could not be forgotten"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn forget(state: &Tickets) -> sqlx::Result<u64> {
    let mut db = state.pool.acquire().await?;
    store::idempotency::forget(&mut db, i64::from(BATCH)).await
}
