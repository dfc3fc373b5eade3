//! Answers every authorisation with exactly one of two, and completes or cancels what was captured or refused.
//!
//! A payment that was declined or voided changes nothing: the hold stays.

use super::unknown_order;
use crate::{
    order::{Circumstances, Order, OrderState},
    store::{copies, orders, resale},
};
use events::{
    Handler, Handling, Kind, Received,
    payments::{Payment, PaymentFact},
};
use sqlx::PgTransaction;

pub(super) struct Payments;

impl Handler for Payments {
    type Aggregate = Payment;
    const NAME: &'static str = "payments";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Payment>) -> Result<(), Handling> {
        let payment = &event.state;
        match event.fact {
            PaymentFact::Declined | PaymentFact::Voided | PaymentFact::Refunded => return Ok(()),
            PaymentFact::Authorized | PaymentFact::Captured | PaymentFact::Failed => {}
        }
        if event.fact != PaymentFact::Failed {
            resale::lock_origins(tx, payment.order).await?;
        }
        let order = orders::lock(tx, payment.order).await?.ok_or_else(|| unknown_order(payment.order))?;
        match event.fact {
            PaymentFact::Authorized => answer(tx, order, payment).await.map(drop),
            PaymentFact::Captured => complete(tx, order, payment).await,
            PaymentFact::Failed => fail(tx, order, payment).await,
            PaymentFact::Declined | PaymentFact::Voided | PaymentFact::Refunded => Ok(()),
        }
    }
}

/// Answers an authorisation, unless it was answered before. Gives the order after it.
async fn answer(tx: &mut PgTransaction<'_>, order: Order, payment: &Payment) -> Result<Order, Handling> {
    // Everything is asked after the order's lock, so that nothing changes between the question and the commit.
    let circumstances = Circumstances {
        now: orders::clock(tx).await?,
        buyer_banned: copies::is_banned(tx, order.buyer).await?,
        show_cancelled: copies::is_cancelled(tx, order.show).await?,
        origin_ended: resale::has_ended_origin(tx, order.id).await?,
    };
    let changes = order.clone().answer(payment.id, payment.amount, circumstances);
    let after = changes.last().map_or(&order, |change| &change.order);
    let word = if after.state == (OrderState::Confirming { payment: payment.id }) {
        "confirming"
    } else {
        "refused"
    };
    if !orders::answer_once(tx, payment.id, order.id, word).await? {
        return Ok(order);
    }
    orders::save(tx, &changes).await?;
    tracing::info!(order.id = %order.id, payment.id = %payment.id, answer = word, "authorisation answered");
    Ok(after.clone())
}

/// The money was taken. Where that is the first that is heard of the payment, it is answered as well.
async fn complete(tx: &mut PgTransaction<'_>, order: Order, payment: &Payment) -> Result<(), Handling> {
    let confirming = OrderState::Confirming { payment: payment.id };
    let order = match order.state {
        state if state == confirming => order,
        OrderState::Complete { .. } | OrderState::Refunded { .. } if order.payment() == Some(payment.id) => {
            return Ok(());
        }
        _ => answer(tx, order, payment).await?,
    };
    let (id, show) = (order.id, order.show);
    let Ok(completed) = order.complete(payment.id) else { return Ok(()) };
    let mut changes = vec![completed];
    // What was paid for cannot be had: no show, or a resold ticket that is void because its seller is refunded. Both
    // were asked before the money was taken, and may have come about since.
    if copies::is_cancelled(tx, show).await? || resale::has_ended_origin(tx, id).await? {
        let refunding = changes.last().map(|change| change.order.clone().request_refund());
        changes.extend(refunding.and_then(Result::ok));
    }
    orders::save(tx, &changes).await?;
    Ok(())
}

/// The capture was definitively refused.
async fn fail(tx: &mut PgTransaction<'_>, order: Order, payment: &Payment) -> Result<(), Handling> {
    // Where its authorisation was not heard of yet, there is nothing left of it to answer.
    orders::answer_once(tx, payment.id, order.id, "failed").await?;
    if let Ok(cancelled) = order.fail(payment.id) {
        orders::save(tx, &[cancelled]).await?;
    }
    Ok(())
}
