//! `orders.order.>`: the copy of orders: buyer, items with their sellers, total, state, deadline.

use crate::store::copies;
use events::{Handler, Handling, Kind, Received, orders::Order};
use sqlx::PgTransaction;

pub(crate) struct OrderCopies;

impl Handler for OrderCopies {
    type Aggregate = Order;
    const NAME: &'static str = "order-copies";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Order>) -> Result<(), Handling> {
        Ok(copies::put_order(tx, &event.state).await?)
    }
}
