//! Money of an order went back: a part is counted; when it is all, the units can be sold again.

use super::{later, unknown_order};
use crate::{
    order::OrderState,
    store::{orders, refunds},
};
use events::{Handler, Handling, Kind, Received, payments::Refund};
use sqlx::PgTransaction;

pub(super) struct Refunds;

impl Handler for Refunds {
    type Aggregate = Refund;
    const NAME: &'static str = "refunds";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Refund>) -> Result<(), Handling> {
        let refund = &event.state;
        let order = orders::lock(tx, refund.order).await?.ok_or_else(|| unknown_order(refund.order))?;
        if order.state == (OrderState::Confirming { payment: refund.payment }) {
            return Err(later("the capture of what was refunded has not been heard of yet"));
        }
        if !refunds::note(tx, refund.id, refund.order, refund.amount).await? {
            return Ok(());
        }
        let refunded = if refund.full {
            order.refund(refund.payment)
        } else {
            order.refund_part(refund.payment, refund.amount)
        };
        // Money of a cancelled order, or of a payment that was not the order's, goes back without a trace here.
        if let Ok(refunded) = refunded {
            orders::save(tx, &[refunded]).await?;
        }
        Ok(())
    }
}
