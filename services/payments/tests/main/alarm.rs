//! What stays open, at the provider or with orders, is said aloud.

use crate::support::Shop;
use contracts::{
    ids::PaymentId,
    orders::CancelReason,
    payments::{ConfirmPayment, PaymentStatus, PaymentView, RequestRefund},
};
use events::payments::{Refund, RefundFact};

async fn run(shop: &Shop, sql: &'static str, id: PaymentId) {
    sqlx::query(sql).bind(id.uuid()).execute(&shop.world.pool).await.unwrap();
}

/// The provider answers nobody any more.
async fn lose_the_provider(shop: &Shop) {
    sqlx::query("ALTER TABLE sandbox_charges RENAME TO away").execute(&shop.world.pool).await.unwrap();
}

/// Two minutes pass for one payment and its refunds.
async fn two_minutes_pass(shop: &Shop, id: PaymentId) {
    run(
        shop,
        "UPDATE payments SET open_since = open_since - interval '2 minutes',
             created_at = created_at - interval '2 minutes', wished_at = wished_at - interval '2 minutes'
         WHERE id = $1",
        id,
    )
    .await;
    let refunds = "UPDATE refunds SET created_at = created_at - interval '2 minutes' WHERE payment_id = $1";
    run(shop, refunds, id).await;
}

/// How many of a kind are overdue, when the alarm has looked once more.
async fn overdue(shop: &Shop, kind: &str) -> i64 {
    let ready = shop.world.anybody().get("/readyz").await.expect(200).json;
    ready["details"]["overdue"][kind].as_i64().unwrap()
}

async fn is_said(shop: &Shop, kind: &str) {
    testkit::eventually(&format!("it is said that {kind} is overdue"), || async {
        (overdue(shop, kind).await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_authorisation_that_stays_open_for_more_than_a_minute_is_counted() {
    let shop = Shop::open_with(&[("SANDBOX_WEBHOOK_DELAY_MS", "600000")]).await;
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_sandbox_late_webhook").await.expect(202).read();
    two_minutes_pass(&shop, payment.id).await;
    is_said(&shop, "authorize").await;
}

#[tokio::test]
async fn a_payment_that_orders_does_not_answer_is_counted() {
    let shop = Shop::open().await;
    let (_, payment) = shop.authorized().await;
    two_minutes_pass(&shop, payment.id).await;
    is_said(&shop, "answer").await;
    let (order, fresh) = shop.authorized().await;
    shop.confirm(order, fresh.id).await;
    shop.becomes(fresh.id, PaymentStatus::Captured).await;
    assert_eq!(overdue(&shop, "answer").await, 1, "one that was answered is not counted");
}

#[tokio::test]
async fn a_capture_and_a_refund_that_stay_open_are_counted() {
    let shop = Shop::open().await;
    let (_, refunded) = shop.captured().await;
    let (order, captured) = shop.authorized().await;
    lose_the_provider(&shop).await;
    shop.confirm(order, captured.id).await;
    let all = RequestRefund { amount: None, reason: "The artist was ill".to_owned() };
    let path = format!("/api/payments/{}/refunds", refunded.id);
    drop(shop.as_seller().post(&path, &all).await.expect(201));
    shop.world.bus.settled("payments-orders").await;
    two_minutes_pass(&shop, captured.id).await;
    two_minutes_pass(&shop, refunded.id).await;
    is_said(&shop, "capture").await;
    is_said(&shop, "refund").await;
}

#[tokio::test]
async fn a_refund_that_the_provider_refused_is_counted_until_somebody_asks_again() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized_with("pm_sandbox_refund_refused").await;
    let order = shop.confirm(order, payment.id).await;
    shop.becomes(payment.id, PaymentStatus::Captured).await;
    shop.request_refund(order).await;
    shop.world.bus.wait_for::<Refund>(RefundFact::Failed, |r| r.payment == payment.id).await;
    is_said(&shop, "refund").await;
    // Another try, which nobody knows the outcome of yet.
    lose_the_provider(&shop).await;
    let all = RequestRefund { amount: None, reason: "Once more".to_owned() };
    let path = format!("/api/payments/{}/refunds", payment.id);
    drop(shop.as_seller().post(&path, &all).await.expect(201));
    testkit::eventually("nothing is overdue", || async {
        (overdue(&shop, "refund").await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_wish_to_give_it_back_makes_an_old_question_no_younger() {
    let shop = Shop::open_with(&[("SANDBOX_WEBHOOK_DELAY_MS", "600000")]).await;
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_sandbox_late_webhook").await.expect(202).read();
    lose_the_provider(&shop).await;
    two_minutes_pass(&shop, payment.id).await;
    shop.cancel(order, CancelReason::Expired).await;
    is_said(&shop, "void").await;
}

#[tokio::test]
async fn a_slow_challenge_is_no_alarm() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let slow: PaymentView = shop.pay(order.id, "pm_card_authenticationRequired").await.expect(202).read();
    two_minutes_pass(&shop, slow.id).await;
    lose_the_provider(&shop).await;
    let path = format!("/api/payments/{}/confirm", slow.id);
    let passed = ConfirmPayment { passed: Some(true) };
    drop(shop.as_buyer().post(&path, &passed).await.expect(202));
    let since = "SELECT count(*) FROM payments WHERE id = $1 AND open_question = 'authorize'
         AND open_since > clock_timestamp() - interval '1 minute'";
    assert_eq!(shop.number(since, slow.id).await, 1, "the question begins when the buyer comes back");
}
