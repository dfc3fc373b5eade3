//! `POST /api/payments`

use crate::support::{Shop, cancelled};
use contracts::{
    Currency, Money, Page, ProblemCode,
    ids::OrderId,
    orders::{CancelReason, OrderStatus},
    payments::{Pay, PaymentStatus, PaymentView},
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
};
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn a_good_card_is_authorised_and_nothing_is_taken() {
    let shop = Shop::open().await;
    let (order, payment) = shop.authorized().await;
    assert_eq!(payment.order_id, order.id);
    assert_eq!(payment.amount, order.total);
    let fact = shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.id == payment.id).await;
    assert_eq!(
        (fact.state.order, fact.state.buyer, fact.state.amount),
        (order.id, shop.buyer.id(), order.total)
    );
    assert_eq!(fact.state.status, PaymentStatus::Authorized);
    assert_eq!(shop.books(payment.id).await, crate::support::Books { ours: 0, theirs: 0 });
}

#[tokio::test]
async fn a_declined_card_ends_the_attempt_and_another_may_be_tried() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let problem = shop.pay(order.id, "pm_card_chargeDeclined").await.problem(ProblemCode::CardDeclined);
    assert_eq!(problem["detail"], "Your bank declined the card. Nothing was charged.");
    shop.world.bus.wait_for::<Payment>(PaymentFact::Declined, |p| p.order == order.id).await;
    let payment: PaymentView = shop.pay(order.id, "pm_card_visa").await.expect(201).read();
    let attempts: Page<PaymentView> =
        shop.as_buyer().get(&format!("/api/payments?order_id={}", order.id)).await.expect(200).read();
    let attempts: Vec<_> = attempts.items.iter().map(|attempt| attempt.status).collect();
    assert_eq!(attempts, [PaymentStatus::Authorized, PaymentStatus::Declined]);
    assert_eq!(payment.status, PaymentStatus::Authorized);
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_also_at_the_same_time() {
    let shop = Shop::open().await;
    for method in ["pm_card_visa", "pm_card_chargeDeclined", "pm_sandbox_timeout"] {
        let order = shop.placed().await;
        let request = Pay { order_id: order.id, method: method.to_owned() };
        let key = format!("key-{method}");
        let caller = shop.as_buyer();
        let all = (0..5).map(|_| caller.post_with_key("/api/payments", &request, &key));
        let answers = futures::future::join_all(all).await;
        let mut first = answers[0].json.clone();
        first.as_object_mut().unwrap().remove("request_id");
        for answer in &answers {
            let mut json = answer.json.clone();
            json.as_object_mut().unwrap().remove("request_id");
            assert_eq!((answer.status, &json), (answers[0].status, &first));
        }
        let charges: i64 = sqlx::query_scalar(
            "SELECT sum(authorizations)::bigint FROM sandbox_charges c JOIN payments p ON p.provider_key = c.idempotency_key
             WHERE p.order_id = $1",
        )
        .bind(order.id.uuid())
        .fetch_one(&shop.world.pool)
        .await
        .unwrap();
        assert_eq!(charges, 1, "{method}");
    }
    let other = Pay { order_id: shop.placed().await.id, method: "pm_card_visa".to_owned() };
    let answer = shop.as_buyer().post_with_key("/api/payments", &other, "key-pm_card_visa").await;
    answer.problem(ProblemCode::IdempotencyKeyReused);
}

#[tokio::test]
async fn a_request_that_died_while_the_provider_was_asked_is_found_out_and_answered_later() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let request = Pay { order_id: order.id, method: "pm_sandbox_timeout".to_owned() };
    let (key, caller) = ("died", shop.as_buyer());
    // Hanging up ends the handler between its two transactions, as the death of the process would.
    let dying = caller.request(reqwest::Method::POST, "/api/payments").header("idempotency-key", key);
    dying.json(&request).timeout(std::time::Duration::from_millis(150)).send().await.unwrap_err();
    shop.pay(order.id, "pm_card_visa").await.problem(ProblemCode::PaymentInProgress);
    shop.world.bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.order == order.id).await;
    let first = caller.post_with_key("/api/payments", &request, key).await.expect(201);
    assert_eq!(first.read::<PaymentView>().status, PaymentStatus::Authorized);
    let order = shop.confirm(order, first.read::<PaymentView>().id).await;
    shop.becomes(first.read::<PaymentView>().id, PaymentStatus::Captured).await;
    let again = caller.post_with_key("/api/payments", &request, key).await.expect(201);
    assert_eq!(again.json, first.json, "order {}", order.id);
}

#[tokio::test]
async fn the_first_request_answers_what_was_kept_in_its_place() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    // While the provider is silent, somebody else has answered a repetition of the request.
    let answering = async {
        testkit::eventually("the attempt is written down", || async {
            let kept = sqlx::query(
                "UPDATE payments SET answer_status = 202, answer = '{\"kept\": true}' WHERE order_id = $1",
            )
            .bind(order.id.uuid())
            .execute(&shop.world.pool)
            .await
            .unwrap();
            (kept.rows_affected() == 1).then_some(())
        })
        .await;
    };
    let (first, ()) = tokio::join!(shop.pay(order.id, "pm_sandbox_timeout"), answering);
    assert_eq!(first.expect(202).json, json!({ "kept": true }));
}

#[tokio::test]
async fn ten_cards_of_a_buyer_may_be_declined_in_an_hour_whatever_they_are_for() {
    let shop = Shop::open().await;
    let orders = [shop.placed().await, shop.placed().await];
    for attempt in 0..10 {
        let order = &orders[attempt % 2];
        shop.pay(order.id, "pm_card_chargeDeclined").await.problem(ProblemCode::CardDeclined);
    }
    // Another hold is no way around it.
    let order = shop.placed().await;
    let problem = shop.pay(order.id, "pm_card_visa").await.problem(ProblemCode::AttemptsExhausted);
    assert!(problem["detail"].as_str().unwrap().contains("Nothing was charged"), "{problem}");
    let charges = "SELECT count(*) FROM sandbox_charges";
    let charges: i64 = sqlx::query_scalar(charges).fetch_one(&shop.world.pool).await.unwrap();
    assert_eq!(charges, 10);
    sqlx::query("UPDATE payments SET created_at = created_at - interval '1 hour' WHERE attempt = 1")
        .execute(&shop.world.pool)
        .await
        .unwrap();
    drop(shop.pay(order.id, "pm_card_visa").await.expect(201));
}

#[tokio::test]
async fn of_many_attempts_at_the_same_time_one_lives() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let all = (0..8).map(|_| shop.pay(order.id, "pm_card_visa"));
    let answers = futures::future::join_all(all).await;
    let mut made = 0;
    for answer in answers {
        match answer.status {
            201 => made += 1,
            _ => drop(answer.problem(ProblemCode::PaymentInProgress)),
        }
    }
    assert_eq!(made, 1);
    shop.pay(order.id, "pm_card_visa").await.problem(ProblemCode::PaymentInProgress);
}

#[tokio::test]
async fn an_order_that_comes_a_moment_later_is_waited_for() {
    let shop = Shop::open().await;
    let order = shop.order();
    let paying = shop.pay(order.id, "pm_card_visa");
    let publishing = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        shop.world.bus.publish(OrderFact::Placed, &order).await;
    };
    let (answer, ()) = tokio::join!(paying, publishing);
    drop(answer.expect(201));
}

#[tokio::test]
async fn an_order_that_is_unknown_is_not_known_yet_while_young_and_not_found_when_old() {
    let shop = Shop::open().await;
    let young = shop.pay(service::new_id(), "pm_card_visa").await;
    assert_eq!(young.headers["retry-after"], "1");
    young.problem(ProblemCode::NotYetKnown);
    testkit::eventually("the copies are known to be up to date", || async {
        (shop.pay(old_id(), "pm_card_visa").await.status == 404).then_some(())
    })
    .await;
}

fn old_id() -> OrderId {
    "0190a000-0000-7000-8000-000000000000".parse().unwrap()
}

#[tokio::test]
async fn an_old_order_is_not_known_yet_while_the_copies_are_behind() {
    let shop = Shop::open().await;
    let (copies, step) = ("payments-order-copies", events::faults::Step::Received);
    shop.world.faults.crash(copies, step, u32::MAX);
    let order = Order { id: old_id(), ..shop.order() };
    shop.world.bus.publish(OrderFact::Placed, &order).await;
    testkit::eventually("the copies are known to be behind", || async {
        (shop.pay(order.id, "pm_card_visa").await.status == 503).then_some(())
    })
    .await;
    shop.pay(order.id, "pm_card_visa").await.problem(ProblemCode::NotYetKnown);
    shop.world.faults.crash(copies, step, 0);
    testkit::eventually("it is known", || async {
        (shop.pay(order.id, "pm_card_visa").await.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_order_of_somebody_else_is_not_found() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let request = Pay { order_id: order.id, method: "pm_card_visa".to_owned() };
    let stranger = shop.world.caller(&Person::new("Mallory"));
    stranger.post("/api/payments", &request).await.problem(ProblemCode::NotFound);
    let (_, payment) = shop.authorized().await;
    stranger.get(&format!("/api/payments/{}", payment.id)).await.problem(ProblemCode::NotFound);
    let page = stranger.get(&format!("/api/payments?order_id={}", payment.order_id)).await.expect(200);
    assert_eq!(page.json["items"], json!([]));
}

#[tokio::test]
async fn an_order_that_does_not_await_payment_cannot_be_paid() {
    let shop = Shop::open().await;
    let now = service::Clock::system().now();
    let free = Money::zero(Currency::GBP);
    let cases: [(Order, ProblemCode); 6] = [
        (Order { total: free, ..shop.order() }, ProblemCode::StateConflict),
        (Order { expires_at: now, ..shop.order() }, ProblemCode::HoldExpired),
        (cancelled(shop.order(), CancelReason::Expired), ProblemCode::HoldExpired),
        (cancelled(shop.order(), CancelReason::Buyer), ProblemCode::StateConflict),
        (Order { status: OrderStatus::Complete, ..shop.order() }, ProblemCode::StateConflict),
        (Order { status: OrderStatus::Refunded, ..shop.order() }, ProblemCode::StateConflict),
    ];
    for (order, code) in cases {
        shop.world.bus.publish(OrderFact::Placed, &order).await;
        shop.pay(order.id, "pm_card_visa").await.problem(code);
    }
    let charges: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sandbox_charges").fetch_one(&shop.world.pool).await.unwrap();
    assert_eq!(charges, 0);
}

#[tokio::test]
async fn a_banned_buyer_is_refused_by_the_copy_even_where_the_token_passes() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let banned = shop.buyer.banned("Resold tickets");
    shop.world.bus.publish(events::auth::UserFact::Banned, &banned).await;
    shop.world.bus.settled("payments-users").await;
    shop.pay(order.id, "pm_card_visa").await.problem(ProblemCode::AccountSuspended);
    let payments: i64 =
        sqlx::query_scalar("SELECT count(*) FROM payments").fetch_one(&shop.world.pool).await.unwrap();
    assert_eq!(payments, 0);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let caller = shop.as_buyer();
    let card = json!({ "order_id": order.id, "method": "4242 4242 4242 4242" });
    caller.post("/api/payments", &card).await.problem(ProblemCode::Invalid);
    caller.post("/api/payments", &json!({ "method": "pm_card_visa" })).await.problem(ProblemCode::Invalid);
    let good = json!({ "order_id": order.id, "method": "pm_card_visa" });
    caller.post_with_key("/api/payments", &good, " ").await.problem(ProblemCode::IdempotencyKeyInvalid);
    shop.world.anybody().post("/api/payments", &good).await.problem(ProblemCode::Unauthenticated);
    caller.get("/api/payments").await.problem(ProblemCode::Malformed);
    let cursor = format!("/api/payments?order_id={}&cursor=x", order.id);
    caller.get(&cursor).await.problem(ProblemCode::Malformed);
}
