//! `POST /api/payments/{id}/confirm`

use crate::support::Shop;
use contracts::{
    ProblemCode,
    orders::CancelReason,
    payments::{ConfirmPayment, PaymentStatus, PaymentView},
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, caller::answer};

async fn challenged(shop: &Shop) -> (Order, PaymentView, String) {
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_card_authenticationRequired").await.expect(202).read();
    assert_eq!(payment.status, PaymentStatus::RequiresAction);
    assert_eq!(payment.next_action.as_ref().unwrap().kind, "challenge");
    let path = format!("/api/payments/{}/confirm", payment.id);
    (order, payment, path)
}

#[tokio::test]
async fn a_passed_challenge_authorises() {
    let shop = Shop::open().await;
    for body in [None, Some(Value::Null), Some(json!({})), Some(json!(ConfirmPayment { passed: Some(true) }))]
    {
        let (_, payment, path) = challenged(&shop).await;
        let mut request = shop.as_buyer().request(Method::POST, &path);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let confirmed: PaymentView = answer(request).await.expect(200).read();
        assert_eq!(confirmed.status, PaymentStatus::Authorized);
        shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.id == payment.id).await;
    }
}

#[tokio::test]
async fn a_refused_challenge_declines_and_another_card_may_be_tried() {
    let shop = Shop::open().await;
    let (order, payment, path) = challenged(&shop).await;
    shop.pay(order.id, "pm_card_visa").await.problem(ProblemCode::PaymentInProgress);
    let refused = ConfirmPayment { passed: Some(false) };
    let problem = shop.as_buyer().post(&path, &refused).await.problem(ProblemCode::CardDeclined);
    assert_eq!(problem["payment_id"], payment.id.to_string());
    shop.world.bus.wait_for::<Payment>(PaymentFact::Declined, |p| p.id == payment.id).await;
    drop(shop.pay(order.id, "pm_card_visa").await.expect(201));
}

#[tokio::test]
async fn confirming_twice_or_at_the_same_time_changes_nothing_more() {
    let shop = Shop::open().await;
    let (_, payment, path) = challenged(&shop).await;
    let caller = shop.as_buyer();
    let all = (0..5).map(|_| caller.post(&path, &Value::Null));
    for answer in futures::future::join_all(all).await {
        assert!([200, 202].contains(&answer.status), "{}", answer.text);
    }
    let again: PaymentView =
        caller.post(&path, &ConfirmPayment { passed: Some(false) }).await.expect(200).read();
    assert_eq!(again.status, PaymentStatus::Authorized);
    shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.id == payment.id).await;
    // Facts leave in order, so whatever this payment published twice would be here before the next one's.
    let (_, next) = shop.authorized().await;
    shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.id == next.id).await;
    let facts = shop.world.bus.all::<Payment>(PaymentFact::Authorized);
    assert_eq!(facts.iter().filter(|fact| fact.state.id == payment.id).count(), 1);
}

#[tokio::test]
async fn it_is_refused_to_others_to_the_banned_and_after_the_hold() {
    let shop = Shop::open().await;
    let (order, payment, path) = challenged(&shop).await;
    let stranger = shop.world.caller(&Person::new("Mallory"));
    stranger.post(&path, &Value::Null).await.problem(ProblemCode::NotFound);
    shop.world.anybody().post(&path, &Value::Null).await.problem(ProblemCode::Unauthenticated);
    shop.as_buyer().post(&path, &json!({ "passed": "yes" })).await.problem(ProblemCode::Invalid);
    let late = Order { expires_at: service::Clock::system().now(), version: 2, ..order.clone() };
    shop.world.bus.publish(OrderFact::Placed, &late).await;
    shop.world.bus.settled("payments-order-copies").await;
    shop.as_buyer().post(&path, &Value::Null).await.problem(ProblemCode::HoldExpired);

    let (_, _, path) = challenged(&shop).await;
    shop.world.bus.publish(events::auth::UserFact::Banned, &shop.buyer.banned("Resold tickets")).await;
    shop.world.bus.settled("payments-users").await;
    shop.as_buyer().post(&path, &Value::Null).await.problem(ProblemCode::AccountSuspended);
    assert_eq!(shop.payment(payment.id).await.status, PaymentStatus::RequiresAction);
}

#[tokio::test]
async fn an_abandoned_challenge_ends_with_its_order() {
    let shop = Shop::open().await;
    let (order, payment, path) = challenged(&shop).await;
    shop.cancel(order, CancelReason::Expired).await;
    shop.becomes(payment.id, PaymentStatus::Voided).await;
    shop.world.bus.wait_for::<Payment>(PaymentFact::Voided, |p| p.id == payment.id).await;
    let after: PaymentView = shop.as_buyer().post(&path, &Value::Null).await.expect(200).read();
    assert_eq!(after.status, PaymentStatus::Voided);
}
