//! Outcomes of orders: their buyers are told.

use crate::{
    letter,
    state::Notifications,
    store::letters::{self, Asked, Waiting},
};
use contracts::orders::CancelReason;
use events::{
    Handler, Handling, Kind, Received,
    orders::{Order, OrderFact},
};
use sqlx::PgTransaction;

pub(crate) struct Orders(pub(crate) Notifications);

impl Handler for Orders {
    type Aggregate = Order;
    const NAME: &'static str = "orders";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Order>) -> Result<(), Handling> {
        let order = &event.state;
        let Some(kind) = kind(event.fact, order.cancel_reason) else { return Ok(()) };
        let tickets = match kind {
            letter::Kind::OrderConfirmed => order.items.iter().map(|item| item.units.len()).sum(),
            letter::Kind::OrderCancelled | letter::Kind::OrderRefunded | letter::Kind::PaymentFailed => 0,
        };
        let letter = Asked {
            order: order.id,
            kind,
            recipient: order.buyer,
            show: order.show,
            tickets: i32::try_from(tickets).unwrap_or(i32::MAX),
            details: order.clone(),
        };
        letters::ask(tx, &letter).await?;
        // What was waiting may be pointless now.
        letters::look_again(tx, Waiting::Order(order.id)).await?;
        self.0.letters.notify_one();
        Ok(())
    }
}

/// What the buyer is told. Nothing where they did it themselves, or watched the hold run out.
fn kind(fact: OrderFact, reason: Option<CancelReason>) -> Option<letter::Kind> {
    match (fact, reason) {
        (OrderFact::Completed, _) => Some(letter::Kind::OrderConfirmed),
        (OrderFact::Refunded, _) => Some(letter::Kind::OrderRefunded),
        (OrderFact::Cancelled, Some(CancelReason::ShowCancelled)) => Some(letter::Kind::OrderCancelled),
        (OrderFact::Cancelled, Some(CancelReason::PaymentFailed)) => Some(letter::Kind::PaymentFailed),
        (
            OrderFact::Cancelled,
            Some(CancelReason::Buyer | CancelReason::Expired | CancelReason::Banned) | None,
        )
        | (
            OrderFact::Placed
            | OrderFact::Confirming
            | OrderFact::AuthorizationRefused
            | OrderFact::PartlyRefunded
            | OrderFact::RefundRequested,
            _,
        ) => None,
    }
}
