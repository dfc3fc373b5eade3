//! What becomes of a refund at the provider: made once, whatever is lost; refused for good; and told.

use crate::support::{Books, Shop};
use contracts::{
    ids::PaymentId,
    payments::{PaymentStatus, PaymentView, RefundView, RequestRefund},
};
use events::{
    orders::Order,
    payments::{Payment, PaymentFact, Refund, RefundFact},
};

const MADE: &str = "SELECT count(*) FROM sandbox_refunds r
    JOIN payments p ON p.provider_key = r.charge WHERE p.id = $1";
const TRIES: &str = "SELECT coalesce(max(asks), 0)::bigint FROM refunds WHERE payment_id = $1";
const OPEN: &str = "SELECT count(*) FROM refunds WHERE payment_id = $1 AND next_ask_at IS NOT NULL";

fn all() -> RequestRefund {
    RequestRefund { amount: None, reason: "The artist was ill".to_owned() }
}

fn path(payment: PaymentId) -> String {
    format!("/api/payments/{payment}/refunds")
}

/// Sold with this method.
async fn sold(shop: &Shop, method: &str) -> (Order, PaymentView) {
    let (order, payment) = shop.authorized_with(method).await;
    let order = shop.confirm(order, payment.id).await;
    shop.becomes(payment.id, PaymentStatus::Captured).await;
    (order, payment)
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_made_once() {
    let shop = Shop::open().await;
    let (_, payment) = sold(&shop, "pm_sandbox_refund_timeout").await;
    drop(shop.as_seller().post(&path(payment.id), &all()).await.expect(201));
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
    assert!(shop.number(TRIES, payment.id).await > 1, "the first answer was lost");
    assert_eq!(shop.number(MADE, payment.id).await, 1);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
    assert_eq!(shop.world.bus.all::<Refund>(RefundFact::Issued).len(), 1);
}

#[tokio::test]
async fn a_refund_that_was_made_but_could_not_be_written_down_is_not_made_again() {
    let shop = Shop::open().await;
    let (_, payment) = sold(&shop, "pm_card_visa").await;
    // As if the process died after the provider had answered: nothing of it is written down.
    let run = async |sql: &'static str| sqlx::query(sql).execute(&shop.world.pool).await.unwrap();
    // A sequence counts on, whatever is rolled back.
    run("CREATE SEQUENCE deaths MINVALUE 0").await;
    run("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM nextval('deaths'); RAISE EXCEPTION 'dead'; END $$")
    .await;
    run("CREATE TRIGGER die BEFORE UPDATE ON refunds FOR EACH ROW WHEN (NEW.status = 'issued')
         EXECUTE FUNCTION die()")
    .await;
    drop(shop.as_seller().post(&path(payment.id), &all()).await.expect(201));
    testkit::eventually("it could not be written down", || async {
        sqlx::query_scalar::<_, bool>("SELECT is_called FROM deaths")
            .fetch_one(&shop.world.pool)
            .await
            .unwrap()
            .then_some(())
    })
    .await;
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 0 });
    assert_eq!(shop.payment(payment.id).await.refunded.amount, 0);
    run("DROP TRIGGER die ON refunds").await;
    run("UPDATE refunds SET next_ask_at = clock_timestamp()").await;
    shop.becomes(payment.id, PaymentStatus::Refunded).await;
    assert!(shop.number(TRIES, payment.id).await > 1);
    assert_eq!(shop.number(MADE, payment.id).await, 1);
    assert_eq!(shop.books(payment.id).await, Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn a_refund_that_is_refused_for_good_ends_and_may_be_asked_for_again() {
    let shop = Shop::open().await;
    let (_, payment) = sold(&shop, "pm_sandbox_refund_refused").await;
    let seller = shop.as_seller();
    for _ in 0..2 {
        let refund: RefundView = seller.post(&path(payment.id), &all()).await.expect(201).read();
        assert_eq!(refund.amount.amount, 4840, "nothing stays set aside");
        let fact = shop.world.bus.wait_for::<Refund>(RefundFact::Failed, |r| r.id == refund.id).await;
        assert!(!fact.state.full);
    }
    let (refusal, asks): (String, i32) =
        sqlx::query_as("SELECT refusal, asks FROM refunds WHERE status = 'failed' LIMIT 1")
            .fetch_one(&shop.world.pool)
            .await
            .unwrap();
    assert_eq!((refusal.as_str(), asks), ("the card takes no money back", 1));
    assert_eq!(shop.number(OPEN, payment.id).await, 0, "it is not tried for ever");
    let after = shop.payment(payment.id).await;
    assert_eq!((after.status, after.refunded.amount), (PaymentStatus::Captured, 0));
    assert_eq!(shop.books(payment.id).await, Books { ours: 4840, theirs: 4840 });
    assert_eq!(shop.world.bus.all::<Refund>(RefundFact::Issued).len(), 0);
}

#[tokio::test]
async fn every_part_that_went_back_is_told_with_the_payments_state() {
    let shop = Shop::open().await;
    let (order, payment) = sold(&shop, "pm_card_visa").await;
    let amount = Some(contracts::Money::new(1000, order.total.currency));
    let part = RequestRefund { amount, reason: "A pillar".to_owned() };
    drop(shop.as_seller().post(&path(payment.id), &part).await.expect(201));
    let told = shop.world.bus.wait_for::<Payment>(PaymentFact::Refunded, |p| p.id == payment.id).await;
    assert_eq!((told.state.refunded.amount, told.state.status), (1000, PaymentStatus::Captured));
    drop(shop.as_seller().post(&path(payment.id), &all()).await.expect(201));
    let told = shop
        .world
        .bus
        .wait_for::<Payment>(PaymentFact::Refunded, |p| p.status == PaymentStatus::Refunded)
        .await;
    assert_eq!(told.state.refunded, told.state.amount);
}
