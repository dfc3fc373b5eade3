//! Publishes absolute figures of listings whose stock changed.

use crate::{state::Orders, store::stock};
use events::outbox::PublishError;

/// Listings of one transaction.
const BATCH: i64 = 32;

/// One batch; says whether there may be more.
pub(super) async fn round(state: Orders) -> Result<bool, PublishError> {
    let mut tx = state.pool.begin().await?;
    let seen = stock::publish_dirty(&mut tx, BATCH).await?;
    tx.commit().await?;
    Ok(i64::try_from(seen).unwrap_or(i64::MAX) == BATCH)
}
