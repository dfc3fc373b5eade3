//! What stays open at the provider is said aloud.

use crate::support::Shop;
use contracts::payments::PaymentView;

#[tokio::test]
async fn a_payment_that_stays_open_for_more_than_a_minute_is_counted() {
    let shop = Shop::open_with(&[("SANDBOX_WEBHOOK_DELAY_MS", "600000")]).await;
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_sandbox_late_webhook").await.expect(202).read();
    sqlx::query("UPDATE payments SET created_at = created_at - interval '2 minutes' WHERE id = $1")
        .bind(payment.id.uuid())
        .execute(&shop.world.pool)
        .await
        .unwrap();
    testkit::eventually("it is said that a payment is overdue", || async {
        let ready = shop.world.anybody().get("/readyz").await.expect(200).json;
        (ready["details"]["overdue"]["authorize"] == 1).then_some(())
    })
    .await;
}
