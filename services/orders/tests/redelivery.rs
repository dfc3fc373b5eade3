//! Every consumer bears every fact twice, late, and a crash at each step (promise 2).

use crate::support::{Stage, a_listing, a_payment, a_show, now};
use OrderFact::{AuthorizationRefused, Cancelled, Completed, Confirming, Placed, RefundRequested, Refunded};
use contracts::{
    listings::ListingStatus,
    orders::{OrderStatus, OrderView},
    payments::{PaymentStatus, RefundStatus},
    shows::ShowStatus,
};
use events::{
    auth::UserFact,
    expiration::{Timer, TimerFact},
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact, Refund, RefundFact},
    tickets::{Listing, ListingFact, Show, ShowFact},
};
use std::collections::BTreeMap;

/// Every fact about an order that was published, with how often: versions must be unique.
fn published(stage: &Stage, order: &OrderView) -> Vec<(i64, OrderFact)> {
    let facts = [Placed, Cancelled, Confirming, AuthorizationRefused, Completed, RefundRequested, Refunded];
    let mut all: Vec<(i64, OrderFact)> = facts
        .into_iter()
        .flat_map(|fact| stage.world.bus.all::<Order>(fact))
        .filter(|event| event.state.id == order.id)
        .map(|event| (event.state.version, event.fact))
        .collect();
    all.sort_by_key(|(version, _)| *version);
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_and_its_refund_happen_once() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let payment = a_payment(&order, ana.id());
    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment.clone() };
    stage.world.faults.crash_everywhere("orders-payments");
    let authorized = stage.world.bus.publish(PaymentFact::Authorized, &payment).await;
    stage.status(order.id, OrderStatus::Confirming).await;
    let taken = stage.world.bus.publish(PaymentFact::Captured, &captured).await;
    stage.world.bus.publish_as(authorized, PaymentFact::Authorized, &payment).await;
    // The same fact under another id: the natural key protects.
    stage.world.bus.publish(PaymentFact::Authorized, &payment).await;
    stage.world.bus.publish(PaymentFact::Captured, &captured).await;
    stage.world.bus.publish_as(taken, PaymentFact::Captured, &captured).await;
    stage.status(order.id, OrderStatus::Complete).await;
    stage.world.bus.settled("orders-payments").await;
    assert!(stage.world.faults.exhausted());

    let refund = Refund {
        id: service::new_id(),
        payment: payment.id,
        order: order.id,
        amount: payment.amount,
        full: true,
        reason: "asked for".to_owned(),
        status: RefundStatus::Issued,
        version: 1,
    };
    stage.world.faults.crash_everywhere("orders-refunds");
    let id = stage.world.bus.publish(RefundFact::Issued, &refund).await;
    stage.world.bus.publish_as(id, RefundFact::Issued, &refund).await;
    stage.world.bus.publish(RefundFact::Issued, &Refund { id: service::new_id(), ..refund }).await;
    stage.status(order.id, OrderStatus::Refunded).await;
    stage.world.bus.settled("orders-refunds").await;
    assert!(stage.world.faults.exhausted());
    let last = |state: &Order| state.id == order.id;
    stage.world.bus.wait_for(OrderFact::Refunded, last).await;
    assert_eq!(published(&stage, &order), [(1, Placed), (2, Confirming), (3, Completed), (4, Refunded)]);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_overtakes_its_capture_waits_for_it() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let payment = a_payment(&order, ana.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    stage.status(order.id, OrderStatus::Confirming).await;
    stage.refund(&payment).await;
    stage.payment(PaymentFact::Captured, &Payment { version: 3, ..payment }).await;
    stage.status(order.id, OrderStatus::Refunded).await;
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_end_as_their_owners_in_any_order() {
    let stage = Stage::new().await;
    let show = a_show(stage.organiser.id());
    let listing = a_listing(show.id, stage.organiser.id(), 5);
    for durable in ["orders-listings", "orders-shows"] {
        stage.world.faults.crash_everywhere(durable);
    }
    // The listing before its show, and both newest first.
    let newest = Listing { quantity: 2, name: "Circle".to_owned(), version: 3, ..listing.clone() };
    stage.world.bus.publish(ListingFact::Changed, &newest).await;
    stage.world.bus.publish(ListingFact::Published, &listing).await;
    stage
        .world
        .bus
        .publish(ListingFact::Changed, &Listing { quantity: 9, version: 2, ..listing.clone() })
        .await;
    let renamed = Show { title: "High Tide".to_owned(), version: 2, ..show.clone() };
    let id = stage.world.bus.publish(ShowFact::Changed, &renamed).await;
    stage.world.bus.publish(ShowFact::Published, &show).await;
    stage.world.bus.publish_as(id, ShowFact::Changed, &renamed).await;
    for durable in ["orders-listings", "orders-shows"] {
        stage.world.bus.settled(durable).await;
    }
    assert!(stage.world.faults.exhausted());
    assert_eq!(stage.units(listing.id, "free").await, 2);
    let (_, ana) = stage.buyer("Ana").await;
    let order = stage.place(&ana, listing.id, 1).await;
    assert_eq!((order.show.title.as_str(), order.items[0].name.as_str()), ("High Tide", "Circle"));
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_bans_and_cancellations_happen_once() {
    let stage = Stage::with_hold(2).await;
    let listing = stage.on_sale(9).await;
    let (ana, ana_calls) = stage.buyer("Ana").await;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let (cem, cem_calls) = stage.buyer("Cem").await;
    let complete = stage.place(&cem_calls, listing.id, 1).await;
    stage.pay(&complete, cem.id()).await;
    let banned = stage.place(&ana_calls, listing.id, 1).await;
    for durable in ["orders-bans", "orders-users", "orders-deadlines"] {
        stage.world.faults.crash_everywhere(durable);
    }
    let user = ana.banned("Fraud");
    let id = stage.world.bus.publish(UserFact::Banned, &user).await;
    stage.world.bus.publish_as(id, UserFact::Banned, &user).await;
    stage.status(banned.id, OrderStatus::Cancelled).await;

    let late = stage.place(&ben_calls, listing.id, 1).await;
    let timer = Timer { order: late.id, due_at: now(), version: 1 };
    let id = stage.world.bus.publish(TimerFact::DeadlineReached, &timer).await;
    stage.world.bus.publish_as(id, TimerFact::DeadlineReached, &timer).await;
    stage.world.bus.publish(TimerFact::DeadlineReached, &Timer { order: complete.id, ..timer }).await;
    stage.status(late.id, OrderStatus::Cancelled).await;

    let show = Show { status: ShowStatus::Cancelled, version: 2, ..stage.show.clone() };
    for durable in ["orders-cancellations", "orders-shows"] {
        stage.world.faults.crash_everywhere(durable);
    }
    let id = stage.world.bus.publish(ShowFact::Cancelled, &show).await;
    stage.world.bus.publish_as(id, ShowFact::Cancelled, &show).await;
    let refunding = |state: &Order| state.id == complete.id;
    stage.world.bus.wait_for(OrderFact::RefundRequested, refunding).await;
    for durable in ["orders-bans", "orders-users", "orders-deadlines", "orders-cancellations", "orders-shows"]
    {
        stage.world.bus.settled(durable).await;
    }
    assert!(stage.world.faults.exhausted());
    let facts: BTreeMap<_, _> =
        [&banned, &late, &complete].map(|order| (order.id, published(&stage, order))).into_iter().collect();
    assert_eq!(facts[&banned.id], [(1, Placed), (2, Cancelled)]);
    assert_eq!(facts[&late.id], [(1, Placed), (2, Cancelled)]);
    assert_eq!(facts[&complete.id], [(1, Placed), (2, Confirming), (3, Completed), (4, RefundRequested)]);
    drop(ben);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_listing_does_not_undo_its_withdrawal() {
    let stage = Stage::new().await;
    let listing = a_listing(stage.show.id, stage.organiser.id(), 5);
    let withdrawn = Listing { status: ListingStatus::Withdrawn, version: 2, ..listing.clone() };
    stage.world.bus.publish(ListingFact::Withdrawn, &withdrawn).await;
    stage.world.bus.publish(ListingFact::Published, &listing).await;
    stage.world.bus.settled("orders-listings").await;
    assert_eq!(stage.units(listing.id, "free").await, 0);
}
