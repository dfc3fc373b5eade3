//! Ends the orders of cancelled shows: what awaits payment is cancelled, what is paid is refunded. An order that
//! is being confirmed is refunded when it completes.

use super::Round;
use crate::{
    order::{Changed, Order, OrderState},
    state::Orders,
    store::{cancelled_shows, orders},
};
use contracts::orders::CancelReason;
use events::outbox::PublishError;

/// Orders of one transaction.
const BATCH: i64 = 100;

/// One batch of each cancelled show.
pub(super) async fn round(state: Orders) -> Result<Round, PublishError> {
    let mut round = Round::default();
    let mut after = None;
    loop {
        let mut tx = state.pool.begin().await?;
        let Some(show) = cancelled_shows::lock_next(&mut tx, after).await? else { return Ok(round) };
        let open = orders::lock_of_cancelled_show(&mut tx, show, BATCH).await?;
        let ended: Vec<Changed> = open.into_iter().filter_map(end).collect();
        orders::save(&mut tx, &ended).await?;
        if ended.is_empty() {
            cancelled_shows::remove_done(&mut tx, show).await?;
        }
        tx.commit().await?;
        round = round.and(Round::of(ended.len(), BATCH));
        after = Some(show);
    }
}

fn end(order: Order) -> Option<Changed> {
    match order.state {
        OrderState::AwaitingPayment => order.cancel(CancelReason::ShowCancelled).ok(),
        OrderState::Complete { .. } => order.request_refund().ok(),
        OrderState::Confirming { .. } | OrderState::Cancelled { .. } | OrderState::Refunded { .. } => None,
    }
}
