//! I2 and I8: whatever happens to orders, captured − refunded is what complete orders cost, in both books.

use crate::support::Shop;
use contracts::{
    Currency, Money,
    orders::{CancelReason, OrderStatus},
    payments::{PaymentStatus, RequestRefund},
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
};

#[tokio::test]
async fn both_books_say_what_complete_orders_cost() {
    let shop = Shop::open().await;
    let methods = [
        "pm_card_visa",
        "pm_sandbox_timeout",
        "pm_sandbox_late_webhook",
        "pm_sandbox_captures_at_once",
        "pm_sandbox_capture_timeout",
        "pm_sandbox_capture_refused",
        "pm_sandbox_refund_timeout",
        "pm_card_chargeDeclined",
    ];
    let stories =
        methods.iter().flat_map(|method| [false, true].map(|in_time| story(&shop, method, in_time)));
    let kept: i64 = futures::future::join_all(stories).await.into_iter().sum();
    // What orders said last may still be under way.
    shop.world.bus.settled("payments-orders").await;
    let open = "SELECT count(*) FROM payments WHERE next_ask_at IS NOT NULL";
    testkit::eventually("nothing is open at the provider", || async {
        let payments: i64 = sqlx::query_scalar(open).fetch_one(&shop.world.pool).await.ok()?;
        let refunds: i64 = sqlx::query_scalar("SELECT count(*) FROM refunds WHERE status = 'pending'")
            .fetch_one(&shop.world.pool)
            .await
            .ok()?;
        (payments + refunds == 0).then_some(())
    })
    .await;
    let theirs: i64 = sqlx::query_scalar(
        "SELECT sum(amount - refunded)::bigint FROM sandbox_charges WHERE state = 'captured'",
    )
    .fetch_one(&shop.world.pool)
    .await
    .unwrap();
    assert_eq!((shop.balance("provider").await, theirs), (kept, kept));
    let per_charge: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sandbox_charges c JOIN payments p ON p.provider_key = c.idempotency_key
         LEFT JOIN (SELECT payment_id, sum(amount) AS held FROM ledger WHERE account = 'provider' GROUP BY 1) l
             ON l.payment_id = p.id
         WHERE coalesce(l.held, 0) <> CASE WHEN c.state = 'captured' THEN c.amount - c.refunded ELSE 0 END",
    )
    .fetch_one(&shop.world.pool)
    .await
    .unwrap();
    assert_eq!(per_charge, 0, "the books agree on every charge");
    let live: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sandbox_charges WHERE state IN ('authorized', 'processing', 'requires_action')",
    )
    .fetch_one(&shop.world.pool)
    .await
    .unwrap();
    assert_eq!(live, 0, "no reservation is forgotten");
}

/// One order from hold to end, as orders would lead it; gives what it keeps.
async fn story(shop: &Shop, method: &str, in_time: bool) -> i64 {
    let order = shop.placed().await;
    let answer = shop.pay(order.id, method).await;
    if answer.status == 402 {
        return 0;
    }
    let payment =
        shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.order == order.id).await.state;
    if !in_time {
        shop.cancel(order, CancelReason::Expired).await;
        return 0;
    }
    let order = shop.confirm(order, payment.id).await;
    let definite = |payment: &Payment| payment.order == order.id;
    let captured = testkit::eventually("the capture is definite", || async {
        let facts = |fact| shop.world.bus.all::<Payment>(fact).into_iter().any(|f| definite(&f.state));
        match (facts(PaymentFact::Captured), facts(PaymentFact::Failed)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    })
    .await;
    if !captured {
        shop.cancel(order, CancelReason::PaymentFailed).await;
        return 0;
    }
    let complete = Order { status: OrderStatus::Complete, version: order.version + 1, ..order };
    shop.world.bus.publish(OrderFact::Completed, &complete).await;
    let path = format!("/api/payments/{}/refunds", payment.id);
    let amount = Some(Money::new(333, Currency::GBP));
    let part = RequestRefund { amount, reason: "A kind gesture".to_owned() };
    drop(shop.as_seller().post(&path, &part).await.expect(201));
    if method == "pm_sandbox_timeout" {
        shop.request_refund(complete).await;
        shop.becomes(payment.id, PaymentStatus::Refunded).await;
        return 0;
    }
    4840 - 333
}

#[tokio::test]
async fn the_ledger_refuses_what_is_not_balanced_and_what_is_not_new() {
    let shop = Shop::open().await;
    let (_, payment) = shop.captured().await;
    for spoil in [
        "INSERT INTO ledger (journal, source, payment_id, order_id, account, amount, currency)
         SELECT 'refund', id, id, order_id, 'fees', 1, currency FROM payments",
        "UPDATE ledger SET amount = amount + 1",
        "DELETE FROM ledger",
    ] {
        sqlx::query(spoil).execute(&shop.world.pool).await.unwrap_err();
    }
    assert_eq!(shop.books(payment.id).await.ours, 4840);
}
