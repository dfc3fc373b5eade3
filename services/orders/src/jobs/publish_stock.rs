//! Publishes absolute figures of listings whose stock changed.

use super::Round;
use crate::{state::Orders, store::stock};
use events::outbox::PublishError;

/// Listings of one transaction.
const BATCH: i64 = 32;

/// One batch.
pub(super) async fn round(state: Orders) -> Result<Round, PublishError> {
    let mut tx = state.pool.begin().await?;
    let seen = stock::publish_dirty(&mut tx, BATCH).await?;
    tx.commit().await?;
    Ok(Round::of(seen, BATCH))
}
