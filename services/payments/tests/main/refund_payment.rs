//! `POST /api/payments/{id}/refunds`, and the refund that orders asks for.

use crate::support::{Books, Shop};
use contracts::{
    Currency, Money, ProblemCode,
    payments::{PaymentStatus, RefundStatus, RefundView, RequestRefund},
};
use events::{
    orders::{Order, OrderFact, OrderItem},
    payments::{Refund, RefundFact},
};
use serde_json::json;
use testkit::Person;

fn part(amount: i64) -> RequestRefund {
    let amount = Some(Money::new(amount, Currency::GBP));
    RequestRefund { amount, reason: "One seat was behind a pillar".to_owned() }
}

fn all() -> RequestRefund {
    RequestRefund { amount: None, reason: "The artist was ill".to_owned() }
}

#[tokio::test]
async fn a_seller_sends_a_part_back_then_the_rest() {
    let shop = Shop::open().await;
    let (_, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    let refund: RefundView = shop.as_seller().post(&path, &part(1000)).await.expect(201).read();
    assert_eq!((refund.status, refund.amount.amount), (RefundStatus::Pending, 1000));
    let fact = shop.world.bus.wait_for::<Refund>(RefundFact::Issued, |r| r.id == refund.id).await;
    assert!(!fact.state.full);
    assert_eq!(shop.refunded(payment.id, 1000).await.status, PaymentStatus::Captured);
    assert_eq!(shop.books(payment.id).await, Books { ours: 3840, theirs: 3840 });

    let rest: RefundView = shop.as_seller().post(&path, &all()).await.expect(201).read();
    assert_eq!(rest.amount.amount, 3840);
    let fact = shop.world.bus.wait_for::<Refund>(RefundFact::Issued, |r| r.id == rest.id).await;
    assert!(fact.state.full);
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
    for account in ["fees", &format!("seller:{}", shop.seller.id()), &format!("buyer:{}", shop.buyer.id())] {
        assert_eq!(shop.balance(account).await, 0, "{account}");
    }
    shop.as_seller().post(&path, &all()).await.problem(ProblemCode::StateConflict);
}

#[tokio::test]
async fn an_admin_may_and_others_may_not() {
    let shop = Shop::open().await;
    let (_, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    let stranger = shop.world.caller(&Person::new("Mallory"));
    stranger.post(&path, &part(10)).await.problem(ProblemCode::NotFound);
    shop.as_buyer().post(&path, &part(10)).await.problem(ProblemCode::Forbidden);
    shop.world.anybody().post(&path, &part(10)).await.problem(ProblemCode::Unauthenticated);
    let admin = shop.world.caller(&Person::admin("Ada Admin"));
    drop(admin.post(&path, &part(10)).await.expect(201));
    let nothing = format!("/api/payments/{}/refunds", uuid::Uuid::now_v7());
    admin.post(&nothing, &part(10)).await.problem(ProblemCode::NotFound);
    shop.refunded(payment.id, 10).await;
}

#[tokio::test]
async fn who_sold_only_a_part_must_ask_an_admin() {
    let shop = Shop::open().await;
    let mut order = shop.order();
    let other = OrderItem { seller: service::new_id(), ..order.items[0].clone() };
    order.items.push(other);
    order.total = Money::new(9680, Currency::GBP);
    shop.world.bus.publish(OrderFact::Placed, &order).await;
    let payment =
        shop.pay(order.id, "pm_card_visa").await.expect(201).json["id"].as_str().unwrap().to_owned();
    let path = format!("/api/payments/{payment}/refunds");
    shop.as_seller().post(&path, &part(10)).await.problem(ProblemCode::Forbidden);
}

#[tokio::test]
async fn never_more_than_was_taken_however_many_ask_at_once() {
    let shop = Shop::open().await;
    let (_, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    let seller = shop.as_seller();
    seller.post(&path, &part(4841)).await.problem(ProblemCode::Invalid);
    seller.post(&path, &part(0)).await.problem(ProblemCode::Invalid);
    let euros = json!({ "amount": { "amount": 10, "currency": "EUR" }, "reason": "Wrong currency" });
    seller.post(&path, &euros).await.problem(ProblemCode::Invalid);
    let many = (0..8).map(|_| async { seller.post(&path, &part(1500)).await.status });
    let made = futures::future::join_all(many).await.into_iter().filter(|status| *status == 201).count();
    assert_eq!(made, 3);
    shop.refunded(payment.id, 4500).await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 340, theirs: 340 });
}

#[tokio::test]
async fn the_same_key_sends_it_back_once() {
    let shop = Shop::open().await;
    let (_, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    let seller = shop.as_seller();
    let request = part(700);
    let all = (0..4).map(|_| seller.post_with_key(&path, &request, "k"));
    let answers = futures::future::join_all(all).await;
    for answer in &answers {
        assert_eq!(answer.json, answers[0].json);
    }
    shop.refunded(payment.id, 700).await;
    let again = seller.post_with_key(&path, &part(700), "k").await.expect(201);
    assert_eq!(again.json, answers[0].json);
    seller.post_with_key(&path, &part(701), "k").await.problem(ProblemCode::IdempotencyKeyReused);
    let (_, other) = shop.captured().await;
    let other = format!("/api/payments/{}/refunds", other.id);
    seller.post_with_key(&other, &part(700), "k").await.problem(ProblemCode::IdempotencyKeyReused);
    assert_eq!(shop.payment(payment.id).await.refunded.amount, 700);
}

#[tokio::test]
async fn what_was_not_taken_cannot_go_back() {
    let shop = Shop::open().await;
    let (_, payment) = shop.authorized().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    shop.as_seller().post(&path, &all()).await.problem(ProblemCode::StateConflict);
}

#[tokio::test]
async fn orders_asks_for_all_of_it() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let confirmed = Order { payment: Some(payment.id), ..order };
    shop.request_refund(confirmed).await;
    let refund = shop.world.bus.wait_for::<Refund>(RefundFact::Issued, |r| r.payment == payment.id).await;
    assert!(refund.state.full);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn orders_asks_for_the_rest_where_a_part_went_back_before() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    drop(shop.as_seller().post(&path, &part(1234)).await.expect(201));
    shop.request_refund(Order { payment: Some(payment.id), ..order }).await;
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
    let issued = shop.world.bus.wait_for::<Refund>(RefundFact::Issued, |r| r.full).await;
    assert_eq!(issued.state.payment, payment.id);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn nothing_goes_back_while_it_is_not_known_whether_it_was_resold() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    let (copies, step) = ("payments-order-copies", events::faults::Step::Received);
    shop.world.faults.crash(copies, step, u32::MAX);
    let item = OrderItem { seller: shop.buyer.id(), resale_order: Some(order.id), ..order.items[0].clone() };
    let resale = Order { buyer: service::new_id(), items: vec![item], ..shop.order() };
    shop.world.bus.publish(OrderFact::Placed, &resale).await;
    let old: contracts::ids::OrderId = "0190a000-0000-7000-8000-000000000000".parse().unwrap();
    testkit::eventually("the copies are known to be behind", || async {
        (shop.pay(old, "pm_card_visa").await.status == 503).then_some(())
    })
    .await;
    shop.as_seller().post(&path, &all()).await.problem(ProblemCode::NotYetKnown);
    shop.world.faults.crash(copies, step, 0);
    testkit::eventually("it is known that it is being resold", || async {
        (shop.as_seller().post(&path, &all()).await.status == 409).then_some(())
    })
    .await;
    assert_eq!(shop.payment(payment.id).await.refunded.amount, 0);
}

#[tokio::test]
async fn what_was_resold_goes_back_only_after_its_buyer_let_go() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    // The buyer sells one of the two tickets on, and somebody holds it.
    let item = OrderItem { seller: shop.buyer.id(), resale_order: Some(order.id), ..order.items[0].clone() };
    let resale = Order { buyer: service::new_id(), items: vec![item], ..shop.order() };
    shop.world.bus.publish(OrderFact::Placed, &resale).await;
    shop.world.bus.settled("payments-order-copies").await;
    for request in [part(100), all()] {
        shop.as_seller().post(&path, &request).await.problem(ProblemCode::StateConflict);
    }
    let complete = Order { status: contracts::orders::OrderStatus::Complete, version: 3, ..resale.clone() };
    shop.world.bus.publish(OrderFact::Completed, &complete).await;
    shop.world.bus.settled("payments-order-copies").await;
    let admin = shop.world.caller(&Person::admin("Ada Admin"));
    admin.post(&path, &all()).await.problem(ProblemCode::StateConflict);

    let refunded = Order { status: contracts::orders::OrderStatus::Refunded, version: 4, ..complete };
    shop.world.bus.publish(OrderFact::Refunded, &refunded).await;
    shop.world.bus.settled("payments-order-copies").await;
    drop(shop.as_seller().post(&path, &all()).await.expect(201));
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
}

#[tokio::test]
async fn a_banned_seller_sends_nothing_back_by_the_copy_even_where_the_token_passes() {
    let shop = Shop::open().await;
    let (_, payment) = shop.captured().await;
    shop.world.bus.publish(events::auth::UserFact::Banned, &shop.seller.banned("Touting")).await;
    shop.world.bus.settled("payments-users").await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    shop.as_seller().post(&path, &part(10)).await.problem(ProblemCode::AccountSuspended);
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
}
