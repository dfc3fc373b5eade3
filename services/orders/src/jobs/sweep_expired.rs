//! Cancels orders whose hold ran out although nobody said so: the expiration service may be down.

use super::Round;
use crate::{order::Changed, state::Orders, store::orders};
use contracts::orders::CancelReason;
use events::outbox::PublishError;

/// Orders of one transaction.
const BATCH: i64 = 100;

/// One batch.
pub(super) async fn round(state: Orders) -> Result<Round, PublishError> {
    let mut tx = state.pool.begin().await?;
    let overdue = orders::lock_overdue(&mut tx, BATCH).await?;
    let cancelled: Vec<Changed> =
        overdue.into_iter().filter_map(|order| order.cancel(CancelReason::Expired).ok()).collect();
    orders::save(&mut tx, &cancelled).await?;
    tx.commit().await?;
    if !cancelled.is_empty() {
        tracing::info!(orders = cancelled.len(), "swept holds that ran out");
    }
    Ok(Round::of(cancelled.len(), BATCH))
}
