//! Lets units of refunded orders go that were resold, once whoever bought them has let them go too.

use super::Round;
use crate::{
    state::Orders,
    store::{resale, units},
};
use events::outbox::PublishError;

/// Units of one transaction.
const BATCH: i64 = 100;

/// One batch.
pub(super) async fn round(state: Orders) -> Result<Round, PublishError> {
    let mut tx = state.pool.begin().await?;
    let orders = resale::take_returned(&mut tx, BATCH).await?;
    if !orders.is_empty() {
        units::release(&mut tx, &orders).await?;
    }
    tx.commit().await?;
    Ok(Round::of(orders.len(), BATCH))
}
