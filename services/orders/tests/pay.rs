//! Authorised, captured, refused: every authorisation gets exactly one answer.

use crate::support::{Stage, a_payment, now, wait_until};
use contracts::{
    Money, ProblemCode,
    ids::{OrderId, PaymentId},
    orders::{CancelReason, OrderStatus},
    payments::PaymentStatus,
};
use events::{
    expiration::{Timer, TimerFact},
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
};

const DURABLE: &str = "orders-payments";

fn answers(stage: &Stage, payment: PaymentId) -> Vec<OrderFact> {
    let confirming = stage.world.bus.all::<Order>(OrderFact::Confirming);
    let refused = stage.world.bus.all::<Order>(OrderFact::AuthorizationRefused);
    let confirming = confirming.iter().filter(|event| event.state.payment == Some(payment));
    let refused = refused.iter().filter(|event| event.state.refused_payment == Some(payment));
    confirming.chain(refused).map(|event| event.fact).collect()
}

async fn refused(stage: &Stage, payment: PaymentId) -> Order {
    let refused = |order: &Order| order.refused_payment == Some(payment);
    stage.world.bus.wait_for(OrderFact::AuthorizationRefused, refused).await.state
}

async fn deadline(stage: &Stage, order: OrderId) {
    let timer = Timer { order, due_at: now(), version: 1 };
    stage.world.bus.publish(TimerFact::DeadlineReached, &timer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_in_time_completes_the_order() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 2).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    let confirming = |state: &Order| state.id == order.id && state.payment == Some(payment.id);
    stage.world.bus.wait_for(OrderFact::Confirming, confirming).await;
    assert_eq!(stage.units(listing.id, "committed").await, 2);
    caller.delete(&format!("/api/orders/{}", order.id)).await.problem(ProblemCode::Confirming);
    deadline(&stage, order.id).await;
    stage.world.bus.settled("orders-deadlines").await;

    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment.clone() };
    stage.payment(PaymentFact::Captured, &captured).await;
    let completed =
        stage.world.bus.wait_for::<Order>(OrderFact::Completed, |state| state.id == order.id).await;
    assert_eq!((completed.state.status, completed.state.version), (OrderStatus::Complete, 3));
    assert_eq!(stage.units(listing.id, "sold").await, 2);
    caller.delete(&format!("/api/orders/{}", order.id)).await.problem(ProblemCode::StateConflict);
    assert_eq!(answers(&stage, payment.id), [OrderFact::Confirming]);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_after_the_deadline_is_refused_and_the_order_cancelled() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(5).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 2).await;
    wait_until(&stage, order.expires_at).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    let answer = refused(&stage, payment.id).await;
    assert_eq!((answer.status, answer.cancel_reason), (OrderStatus::Cancelled, Some(CancelReason::Expired)));
    assert_eq!(stage.units(listing.id, "free").await, 5);
    assert_eq!(answers(&stage, payment.id), [OrderFact::AuthorizationRefused]);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_before_the_money_cancels_and_the_money_is_refused() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(5).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    // Early by this database's clock: it is told again until the time has come.
    deadline(&stage, order.id).await;
    stage.status(order.id, OrderStatus::Cancelled).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    refused(&stage, payment.id).await;
    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment.clone() };
    stage.payment(PaymentFact::Captured, &captured).await;
    stage.world.bus.settled(DURABLE).await;
    assert_eq!(stage.status_now(order.id).await, "cancelled");
    assert_eq!(answers(&stage, payment.id), [OrderFact::AuthorizationRefused]);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_amount_and_a_second_payment_are_refused_and_the_hold_stays() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let short = Payment { amount: Money::new(1, order.total.currency), ..a_payment(&order, ana.id()) };
    stage.payment(PaymentFact::Authorized, &short).await;
    assert_eq!(refused(&stage, short.id).await.status, OrderStatus::AwaitingPayment);
    let declined = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Declined, &declined).await;
    let payment = stage.pay(&order, ana.id()).await;
    let second = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &second).await;
    assert_eq!(refused(&stage, second.id).await.payment, Some(payment.id));
    assert_eq!(stage.status_now(order.id).await, "complete");
    assert_eq!(answers(&stage, declined.id), []);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_capture_frees_the_units() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    stage.status(order.id, OrderStatus::Confirming).await;
    let failed = Payment { status: PaymentStatus::Failed, version: 3, ..payment };
    stage.payment(PaymentFact::Failed, &failed).await;
    let cancelled =
        stage.world.bus.wait_for::<Order>(OrderFact::Cancelled, |state| state.id == order.id).await;
    assert_eq!(cancelled.state.cancel_reason, Some(CancelReason::PaymentFailed));
    assert_eq!(stage.units(listing.id, "free").await, 5);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn captured_before_authorised_is_answered_and_completed_once() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let payment = a_payment(&order, ana.id());
    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment.clone() };
    stage.payment(PaymentFact::Captured, &captured).await;
    stage.status(order.id, OrderStatus::Complete).await;
    stage.payment(PaymentFact::Authorized, &payment).await;
    stage.world.bus.settled(DURABLE).await;
    stage.world.bus.wait_for::<Order>(OrderFact::Completed, |state| state.id == order.id).await;
    assert_eq!(answers(&stage, payment.id), [OrderFact::Confirming]);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_restores_the_stock() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 2).await;
    let payment = stage.pay(&order, ana.id()).await;
    let (_, ben) = stage.buyer("Ben").await;
    ben.post("/api/orders", &crate::support::any(listing.id, 1)).await.problem(ProblemCode::SoldOut);
    stage.refund(&payment).await;
    stage.world.bus.wait_for::<Order>(OrderFact::Refunded, |state| state.id == order.id).await;
    stage.place(&ben, listing.id, 2).await;
    stage.check_invariants().await;
}
