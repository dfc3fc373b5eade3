//! What becomes of an authorisation: captured, given back, refused, and found out where nobody answered.

use crate::support::{Books, Shop, cancelled};
use contracts::{
    ids::PaymentId,
    orders::{CancelReason, OrderStatus},
    payments::{PaymentStatus, PaymentView},
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact, Refund, RefundFact},
};

const CHARGES_VOIDED: &str = "SELECT count(*) FROM sandbox_charges c
    JOIN payments p ON p.provider_key = c.idempotency_key WHERE p.id = $1 AND c.state = 'voided'";

/// As if the process had died between its first transaction and the call.
async fn lose_the_call(shop: &Shop, id: PaymentId, ask_at: &'static str) {
    sqlx::query("DELETE FROM sandbox_charges").execute(&shop.world.pool).await.unwrap();
    let begun = "UPDATE payments SET status = 'pending', version = 1, answer_status = NULL,
        provider_reference = NULL, open_question = 'authorize', next_ask_at = ";
    sqlx::query(sqlx::AssertSqlSafe(format!("{begun} {ask_at} WHERE id = $1")))
        .bind(id.uuid())
        .execute(&shop.world.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_confirmed_order_is_captured_once() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let fact = shop.world.bus.wait_for::<Payment>(PaymentFact::Captured, |p| p.id == payment.id).await;
    assert_eq!(fact.state.status, PaymentStatus::Captured);
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
    assert_eq!(shop.balance(&format!("seller:{}", shop.seller.id())).await, -4400);
    assert_eq!(shop.balance("fees").await, -440);
    assert_eq!(shop.balance(&format!("buyer:{}", order.buyer)).await, 0);
}

#[tokio::test]
async fn a_refused_authorisation_is_given_back() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized().await;
    let refused = Order { refused_payment: Some(payment.id), ..cancelled(order, CancelReason::Expired) };
    shop.world.bus.publish(OrderFact::AuthorizationRefused, &refused).await;
    shop.becomes(payment.id, PaymentStatus::Voided).await;
    shop.world.bus.wait_for::<Payment>(PaymentFact::Voided, |p| p.id == payment.id).await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn an_authorisation_of_a_cancelled_order_is_given_back() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized().await;
    shop.cancel(order, CancelReason::ShowCancelled).await;
    shop.becomes(payment.id, PaymentStatus::Voided).await;
}

#[tokio::test]
async fn what_the_provider_still_ponders_when_the_order_is_cancelled_is_ended_at_once() {
    let shop =
        Shop::open_with(&[("PAYMENT_TIMEOUT_MS", "400"), ("SANDBOX_WEBHOOK_DELAY_MS", "600000")]).await;
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_sandbox_late_webhook").await.expect(202).read();
    assert_eq!(payment.status, PaymentStatus::Pending);
    shop.cancel(order, CancelReason::Expired).await;
    shop.becomes(payment.id, PaymentStatus::Voided).await;
    assert_eq!(shop.number(CHARGES_VOIDED, payment.id).await, 1);
}

#[tokio::test]
async fn an_attempt_of_a_dead_order_that_never_reached_the_provider_is_ended_there_and_not_made() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized().await;
    lose_the_call(&shop, payment.id, "NULL").await;
    shop.cancel(order, CancelReason::Expired).await;
    shop.becomes(payment.id, PaymentStatus::Voided).await;
    // Whatever still arrives under its key finds it ended.
    assert_eq!(shop.number(CHARGES_VOIDED, payment.id).await, 1);
    let asked = "SELECT authorizations::bigint FROM sandbox_charges c
        JOIN payments p ON p.provider_key = c.idempotency_key WHERE p.id = $1";
    assert_eq!(shop.number(asked, payment.id).await, 0, "nothing was reserved for a dead order");
}

#[tokio::test]
async fn a_call_that_is_not_answered_holds_up_no_other_payment() {
    let shop = Shop::open_with(&[("PAYMENT_TIMEOUT_MS", "10000")]).await;
    let (slow_order, slow) = shop.authorized_with("pm_sandbox_capture_timeout").await;
    let (order, quick) = shop.authorized().await;
    shop.confirm(slow_order, slow.id).await;
    testkit::eventually("the provider is being asked", || async {
        (shop.books(slow.id).await.theirs == 4840).then_some(())
    })
    .await;
    shop.confirm(order, quick.id).await;
    shop.becomes(quick.id, PaymentStatus::Captured).await;
    // Once its call has ended, it would be due again soon; until then it belongs to whoever asks.
    let asked = "SELECT count(*) FROM payments
        WHERE id = $1 AND asks = 1 AND next_ask_at > clock_timestamp() + interval '5 seconds'";
    assert_eq!(shop.number(asked, slow.id).await, 1, "the slow one is still being asked");
}

#[tokio::test]
async fn what_became_of_a_call_that_was_not_answered_is_asked_for() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_sandbox_timeout").await.expect(202).read();
    assert_eq!(payment.status, PaymentStatus::Pending);
    shop.becomes(payment.id, PaymentStatus::Authorized).await;
    let order = shop.confirm(order, payment.id).await;
    shop.becomes(payment.id, PaymentStatus::Captured).await;
    assert_eq!(order.status, OrderStatus::Confirming);
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
}

#[tokio::test]
async fn a_capture_that_was_not_answered_is_asked_for_and_not_done_twice() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized_with("pm_sandbox_capture_timeout").await;
    shop.confirm(order, payment.id).await;
    shop.becomes(payment.id, PaymentStatus::Captured).await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
}

#[tokio::test]
async fn a_capture_that_is_refused_for_good_fails() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized_with("pm_sandbox_capture_refused").await;
    let order = shop.confirm(order, payment.id).await;
    shop.becomes(payment.id, PaymentStatus::Failed).await;
    shop.world.bus.wait_for::<Payment>(PaymentFact::Failed, |p| p.id == payment.id).await;
    // Orders answers by cancelling it, which changes nothing more here.
    shop.cancel(order, CancelReason::PaymentFailed).await;
    shop.world.bus.settled("payments-orders").await;
    assert_eq!(shop.payment(payment.id).await.status, PaymentStatus::Failed);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn money_that_was_taken_for_a_dead_order_goes_back_by_itself() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized_with("pm_sandbox_captures_at_once").await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 4840 });
    shop.cancel(order, CancelReason::Expired).await;
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
    let refund = shop.world.bus.wait_for::<Refund>(RefundFact::Issued, |r| r.payment == payment.id).await;
    assert!(refund.state.full);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
    assert_eq!(shop.balance(&format!("seller:{}", shop.seller.id())).await, 0);
    assert_eq!(shop.balance(&format!("buyer:{}", shop.buyer.id())).await, 0);
}

#[tokio::test]
async fn a_method_that_takes_the_money_at_once_is_kept_when_the_order_is_confirmed() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized_with("pm_sandbox_captures_at_once").await;
    shop.confirm(order, payment.id).await;
    shop.becomes(payment.id, PaymentStatus::Captured).await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
}

#[tokio::test]
async fn an_attempt_that_never_reached_the_provider_is_made_again_and_ends() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized().await;
    lose_the_call(&shop, payment.id, "clock_timestamp()").await;
    shop.becomes(payment.id, PaymentStatus::Authorized).await;
    let key = format!("order:{}:1", order.id);
    let charges: i64 = sqlx::query_scalar("SELECT count(*) FROM sandbox_charges WHERE idempotency_key = $1")
        .bind(key)
        .fetch_one(&shop.world.pool)
        .await
        .unwrap();
    assert_eq!(charges, 1);
}
