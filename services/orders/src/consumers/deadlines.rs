//! Cancels an order whose hold ran out. What a deadline means is decided here, by this database's clock.

use super::{later, unknown_order};
use crate::{order::OrderState, store::orders};
use contracts::orders::CancelReason;
use events::{Handler, Handling, Kind, Received, expiration::Timer};
use sqlx::PgTransaction;

pub(super) struct Deadlines;

impl Handler for Deadlines {
    type Aggregate = Timer;
    const NAME: &'static str = "deadlines";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Timer>) -> Result<(), Handling> {
        let id = event.state.order;
        let order = orders::lock(tx, id).await?.ok_or_else(|| unknown_order(id))?;
        if order.state != OrderState::AwaitingPayment {
            return Ok(());
        }
        if !order.is_expired(orders::clock(tx).await?) {
            return Err(later("the hold has not run out by this database's clock"));
        }
        if let Ok(cancelled) = order.cancel(CancelReason::Expired) {
            orders::save(tx, &[cancelled]).await?;
        }
        Ok(())
    }
}
