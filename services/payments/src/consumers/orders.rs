//! What orders decides about money: capture it, give the reservation back, send it back.
//!
//! Nothing is done at the provider here: the wish is written down, and the worker fulfils it.

use crate::{error::Error, settle, state::Payments, store};
use contracts::{ids::PaymentId, orders::CancelReason};
use events::{
    Handler, Handling, Kind, Received,
    orders::{Order, OrderFact},
};
use sqlx::PgTransaction;
use std::time::Duration;

pub(crate) struct Orders(pub(crate) Payments);

impl Handler for Orders {
    type Aggregate = Order;
    const NAME: &'static str = "orders";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Order>) -> Result<(), Handling> {
        let order = &event.state;
        // The copy first, and with it the row's lock: whoever begins to pay now waits, and is refused.
        store::copies::put_order(tx, order).await?;
        match event.fact {
            OrderFact::Confirming => capture(tx, order).await,
            OrderFact::AuthorizationRefused => refuse(self, tx, order).await,
            OrderFact::Cancelled => cancel(self, tx, order).await,
            OrderFact::RefundRequested => refund(self, tx, order).await,
            OrderFact::Placed | OrderFact::Completed | OrderFact::PartlyRefunded | OrderFact::Refunded => {
                Ok(())
            }
        }?;
        self.0.work.notify_one();
        Ok(())
    }
}

async fn capture(tx: &mut PgTransaction<'_>, order: &Order) -> Result<(), Handling> {
    let id = named(order, order.payment)?;
    let payment = store::payments::lock(tx, id).await?.ok_or_else(|| unknown(id))?;
    match payment.want_capture() {
        Ok(Some(payment)) => store::payments::save(tx, &payment, Duration::ZERO).await.map_err(handling),
        Ok(None) => Ok(()),
        Err(error) => Err(Handling::Reject(format!("payment {id} cannot be captured: {error}"))),
    }
}

async fn refuse(orders: &Orders, tx: &mut PgTransaction<'_>, order: &Order) -> Result<(), Handling> {
    let id = named(order, order.refused_payment)?;
    let payment = store::payments::lock(tx, id).await?.ok_or_else(|| unknown(id))?;
    settle::abandon(tx, &payment, orders.0.clock.now()).await.map_err(handling)
}

async fn cancel(orders: &Orders, tx: &mut PgTransaction<'_>, order: &Order) -> Result<(), Handling> {
    // Orders cancels it because we said that its payment failed: that one has ended already.
    let accepted = order.payment.filter(|_| order.cancel_reason == Some(CancelReason::PaymentFailed));
    for payment in store::payments::lock_of_order(tx, order.id).await? {
        if Some(payment.id) != accepted {
            settle::abandon(tx, &payment, orders.0.clock.now()).await.map_err(handling)?;
        }
    }
    Ok(())
}

async fn refund(orders: &Orders, tx: &mut PgTransaction<'_>, order: &Order) -> Result<(), Handling> {
    let id = named(order, order.payment)?;
    let payment = store::payments::lock(tx, id).await?.ok_or_else(|| unknown(id))?;
    let now = orders.0.clock.now();
    settle::refund_the_rest(tx, &payment, "The order was cancelled", now).await.map_err(handling)
}

fn named(order: &Order, payment: Option<PaymentId>) -> Result<PaymentId, Handling> {
    payment.ok_or_else(|| Handling::Reject(format!("order {} names no payment", order.id)))
}

fn unknown(id: PaymentId) -> Handling {
    Handling::Reject(format!("payment {id} is not one of ours"))
}

/// What the database or the bus may do better next time is tried again; what contradicts itself is not.
fn handling(error: Error) -> Handling {
    match error {
        Error::Refund(_) | Error::StateConflict(_) => Handling::Reject(error.to_string()),
        error => Handling::Retry(Box::new(error)),
    }
}
