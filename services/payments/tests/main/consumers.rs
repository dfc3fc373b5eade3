//! Every consumer: the same message twice, old after new, and a crash at each step.

use crate::support::{Books, Shop};
use contracts::{
    ids::EventId,
    orders::{CancelReason, OrderStatus},
    payments::PaymentStatus,
};
use events::{
    auth::UserFact,
    faults::Step,
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact, Refund, RefundFact},
};

#[tokio::test]
async fn copies_take_only_what_is_newer() {
    let shop = Shop::open().await;
    let order = Order { status: OrderStatus::Complete, version: 3, ..shop.order() };
    shop.world.bus.publish(OrderFact::Completed, &order).await;
    let old = Order { status: OrderStatus::AwaitingPayment, version: 1, ..order.clone() };
    shop.world.bus.publish(OrderFact::Placed, &old).await;
    shop.world.bus.settled("payments-order-copies").await;
    let (status, version): (String, i64) = sqlx::query_as("SELECT status, version FROM orders WHERE id = $1")
        .bind(order.id.uuid())
        .fetch_one(&shop.world.pool)
        .await
        .unwrap();
    assert_eq!((status.as_str(), version), ("complete", 3));

    let banned = shop.buyer.banned("Resold tickets");
    shop.world.bus.publish(UserFact::Banned, &banned).await;
    shop.world.bus.publish(UserFact::Registered, &shop.buyer.user).await;
    shop.world.bus.settled("payments-users").await;
    let banned: bool = sqlx::query_scalar("SELECT banned FROM users WHERE id = $1")
        .bind(shop.buyer.id().uuid())
        .fetch_one(&shop.world.pool)
        .await
        .unwrap();
    assert!(banned);
}

#[tokio::test]
async fn a_refund_that_is_asked_for_twice_is_made_once() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let order = Order { status: OrderStatus::Complete, payment: Some(payment.id), version: 4, ..order };
    let id: EventId = service::new_id();
    for _ in 0..2 {
        shop.world.bus.publish_as(id, OrderFact::RefundRequested, &order).await;
    }
    // Another message with the same wish finds nothing left.
    shop.world.bus.publish(OrderFact::RefundRequested, &order).await;
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
    shop.world.bus.settled("payments-orders").await;
    assert_eq!(shop.world.bus.all::<Refund>(RefundFact::Issued).len(), 1);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn a_crash_at_any_step_neither_loses_a_capture_nor_makes_two() {
    let shop = Shop::open().await;
    for step in Step::ALL {
        let (order, payment) = shop.authorized().await;
        shop.world.bus.settled("payments-order-copies").await;
        shop.world.faults.crash("payments-orders", *step, 3);
        shop.confirm(order, payment.id).await;
        shop.becomes(payment.id, PaymentStatus::Captured).await;
        testkit::eventually("the faults have happened", || async {
            shop.world.faults.exhausted().then_some(())
        })
        .await;
        shop.world.bus.wait_for::<Payment>(PaymentFact::Captured, |p| p.id == payment.id).await;
        assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
    }
    shop.world.bus.settled("payments-orders").await;
    assert_eq!(shop.world.bus.all::<Payment>(PaymentFact::Captured).len(), Step::ALL.len());
}

#[tokio::test]
async fn the_order_is_cancelled_before_or_after_its_payment_is_refused() {
    let shop = Shop::open().await;
    for refused_first in [true, false] {
        let (order, payment) = shop.authorized().await;
        let cancelled = crate::support::cancelled(order.clone(), CancelReason::Expired);
        let refused = Order { refused_payment: Some(payment.id), version: 3, ..cancelled.clone() };
        let mut facts = vec![(OrderFact::Cancelled, cancelled), (OrderFact::AuthorizationRefused, refused)];
        if refused_first {
            facts.reverse();
        }
        for (fact, order) in facts {
            shop.world.bus.publish(fact, &order).await;
        }
        shop.world.bus.settled("payments-orders").await;
        shop.world.bus.wait_for::<Payment>(PaymentFact::Voided, |voided| voided.id == payment.id).await;
    }
    assert_eq!(shop.world.bus.all::<Payment>(PaymentFact::Voided).len(), 2);
}

#[tokio::test]
async fn what_contradicts_itself_is_parked_and_the_rest_goes_on() {
    let shop = Shop::open().await;
    let nameless = Order { status: OrderStatus::Confirming, version: 2, ..shop.order() };
    shop.world.bus.publish(OrderFact::Confirming, &nameless).await;
    let (_, payment) = shop.captured().await;
    assert_eq!(shop.payment(payment.id).await.status, PaymentStatus::Captured);
    let parked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM dead_letters WHERE consumer = 'payments-orders'")
            .fetch_one(&shop.world.pool)
            .await
            .unwrap();
    assert_eq!(parked, 1);
}
