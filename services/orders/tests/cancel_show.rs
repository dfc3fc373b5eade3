//! A show is cancelled: nothing is sold any more, and everybody is let go or refunded.

use crate::support::{Stage, a_payment, any};
use contracts::{
    ProblemCode,
    orders::{CancelReason, OrderStatus},
    shows::ShowStatus,
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
    tickets::{Show, ShowFact},
};

async fn cancel(stage: &Stage) {
    let cancelled = Show { status: ShowStatus::Cancelled, version: 2, ..stage.show.clone() };
    stage.world.bus.publish(ShowFact::Cancelled, &cancelled).await;
    stage.world.bus.settled("orders-cancellations").await;
}

async fn waited(stage: &Stage, fact: OrderFact, order: contracts::ids::OrderId) -> Order {
    stage.world.bus.wait_for::<Order>(fact, |state| state.id == order).await.state
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_ends_as_its_state_asks() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(8).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let (cem, cem_calls) = stage.buyer("Cem").await;
    let awaiting = stage.place(&ana, listing.id, 1).await;
    let confirming = stage.place(&ben_calls, listing.id, 1).await;
    let pending = a_payment(&confirming, ben.id());
    stage.payment(PaymentFact::Authorized, &pending).await;
    stage.status(confirming.id, OrderStatus::Confirming).await;
    let complete = stage.place(&cem_calls, listing.id, 1).await;
    let paid = stage.pay(&complete, cem.id()).await;

    cancel(&stage).await;
    let cancelled = waited(&stage, OrderFact::Cancelled, awaiting.id).await;
    assert_eq!(cancelled.cancel_reason, Some(CancelReason::ShowCancelled));
    assert_eq!(waited(&stage, OrderFact::RefundRequested, complete.id).await.status, OrderStatus::Complete);
    ana.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::NotOnSale);

    stage.payment(PaymentFact::Captured, &Payment { version: 3, ..pending }).await;
    let completed = waited(&stage, OrderFact::Completed, confirming.id).await;
    let refunding = waited(&stage, OrderFact::RefundRequested, confirming.id).await;
    assert_eq!(refunding.version, completed.version + 1);

    stage.refund(&paid).await;
    waited(&stage, OrderFact::Refunded, complete.id).await;
    // Nothing of a cancelled show becomes free: the two sold units are left, one of them refunded.
    testkit::eventually("units are withdrawn", || async {
        let counts = (stage.units(listing.id, "withdrawn").await, stage.units(listing.id, "sold").await);
        (counts == (7, 1)).then_some(())
    })
    .await;
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_for_a_cancelled_show_is_refused() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(8).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    cancel(&stage).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    let refused = |state: &Order| state.refused_payment == Some(payment.id);
    let refused = stage.world.bus.wait_for(OrderFact::AuthorizationRefused, refused).await.state;
    assert_eq!(refused.cancel_reason, Some(CancelReason::ShowCancelled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_comes_after_the_cancellation_has_nothing_to_sell() {
    let stage = Stage::new().await;
    cancel(&stage).await;
    let listing = stage.on_sale(8).await;
    assert_eq!(stage.units(listing.id, "free").await, 0);
}
