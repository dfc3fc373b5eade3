//! `POST /api/payments/webhooks/{provider}`

use crate::support::Shop;
use contracts::{
    ProblemCode,
    payments::{PaymentStatus, PaymentView},
};
use events::payments::{Payment, PaymentFact};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::json;
use sha2::Sha256;
use testkit::{Answer, caller::answer};

async fn secret(shop: &Shop) -> String {
    sqlx::query_scalar("SELECT webhook_secret FROM sandbox_secret").fetch_one(&shop.world.pool).await.unwrap()
}

fn signature(body: &str, secret: &str, at: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn send(shop: &Shop, path: &str, body: &str, signature: &str) -> Answer {
    let request = shop.world.anybody().request(Method::POST, path).header("sandbox-signature", signature);
    answer(request.body(body.to_owned())).await
}

async fn stored(shop: &Shop) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM provider_events").fetch_one(&shop.world.pool).await.unwrap()
}

/// Waits until the worker has looked into this many events, and none waits.
async fn processed(shop: &Shop, count: i64) {
    testkit::eventually("the events are processed", || async {
        let counts: (i64, i64) =
            sqlx::query_as("SELECT count(processed_at), count(*) - count(processed_at) FROM provider_events")
                .fetch_one(&shop.world.pool)
                .await
                .ok()?;
        (counts == (count, 0)).then_some(())
    })
    .await;
}

const PATH: &str = "/api/payments/webhooks/sandbox";

#[tokio::test]
async fn an_outcome_that_comes_later_by_webhook_is_taken_up() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let payment: PaymentView = shop.pay(order.id, "pm_sandbox_late_webhook").await.expect(202).read();
    assert_eq!(payment.status, PaymentStatus::Pending);
    shop.becomes(payment.id, PaymentStatus::Authorized).await;
    shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.id == payment.id).await;
    processed(&shop, 1).await;
}

#[tokio::test]
async fn one_that_comes_often_or_late_is_kept_once_and_changes_nothing_more() {
    let shop = Shop::open().await;
    let (order, payment) = shop.captured().await;
    let now = service::Clock::system().now().timestamp();
    let subject = format!("order:{}:1", order.id);
    // The provider's books say something else by now, and nobody may ask them for it: the payment has ended.
    sqlx::query("UPDATE sandbox_charges SET state = 'failed'").execute(&shop.world.pool).await.unwrap();
    shop.world.bus.wait_for::<Payment>(PaymentFact::Captured, |p| p.id == payment.id).await;
    let body = json!({ "id": "evt_old", "type": "charge.updated", "data": { "idempotency_key": subject } });
    let body = body.to_string();
    let signature = signature(&body, &secret(&shop).await, now);
    for _ in 0..3 {
        drop(send(&shop, PATH, &body, &signature).await.expect(204));
    }
    assert_eq!(stored(&shop).await, 1);
    processed(&shop, 1).await;
    let asked = "SELECT count(*) FROM payments WHERE id = $1 AND next_ask_at IS NOT NULL";
    assert_eq!(shop.number(asked, payment.id).await, 0, "there is nothing to ask");
    assert_eq!(shop.payment(payment.id).await.status, PaymentStatus::Captured);
    assert_eq!(shop.world.bus.all::<Payment>(PaymentFact::Captured).len(), 1);
}

#[tokio::test]
async fn one_about_nothing_that_we_know_is_kept_and_does_nothing() {
    let shop = Shop::open().await;
    let body = json!({ "id": "evt_1", "data": { "idempotency_key": "order:somebody-else:1" } }).to_string();
    let now = service::Clock::system().now().timestamp();
    drop(send(&shop, PATH, &body, &signature(&body, &secret(&shop).await, now)).await.expect(204));
    assert_eq!(stored(&shop).await, 1);
}

#[tokio::test]
async fn what_is_not_signed_by_the_provider_is_refused() {
    let shop = Shop::open().await;
    let (now, secret) = (service::Clock::system().now().timestamp(), secret(&shop).await);
    let body = json!({ "id": "evt_1", "data": {} }).to_string();
    let good = signature(&body, &secret, now);
    let cases = [
        (PATH, body.as_str(), String::new()),
        (PATH, &body, signature(&body, "guessed", now)),
        (PATH, &body, signature(&body, &secret, now - 301)),
        (PATH, r#"{"id":"evt_2"}"#, good.clone()),
        (PATH, "[]", signature("[]", &secret, now)),
        (PATH, "{", signature("{", &secret, now)),
    ];
    for (path, body, signature) in cases {
        send(&shop, path, body, &signature).await.problem(ProblemCode::Malformed);
    }
    send(&shop, "/api/payments/webhooks/other", &body, &good).await.problem(ProblemCode::NotFound);
    assert_eq!(stored(&shop).await, 0);
}
