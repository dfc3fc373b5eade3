//! Keeps one timer per order that awaits payment.
//!
//! Versions protect it: a fact that is repeated or comes late changes nothing.

use crate::timers;
use contracts::orders::OrderStatus;
use events::{Handler, Handling, Kind, Received, orders::Order};
use sqlx::PgTransaction;

pub(super) struct Orders;

impl Handler for Orders {
    type Aggregate = Order;
    const NAME: &'static str = "orders";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Order>) -> Result<(), Handling> {
        let order = &event.state;
        let due_at = (order.status == OrderStatus::AwaitingPayment).then_some(order.expires_at);
        timers::put(tx, order.id, due_at, order.version).await?;
        Ok(())
    }
}
