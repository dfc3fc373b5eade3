//! Placing orders: what is held, what is refused, what a repeated request is answered.

use crate::support::{Stage, a_listing, a_show, any, seats};
use contracts::{
    Currency, Money, ProblemCode,
    ids::ListingId,
    listings::ListingStatus,
    orders::{OrderStatus, OrderView},
};
use events::{
    orders::{OrderFact, StockFact},
    tickets::{Listing, ShowFact},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn units_are_held_and_the_order_is_announced() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(10).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 2).await;
    assert_eq!(order.status, OrderStatus::AwaitingPayment);
    assert_eq!(order.total, Money::new(9680, Currency::GBP));
    assert_eq!(order.fee, Money::new(880, Currency::GBP));
    assert_eq!((order.expires_at - order.now).num_seconds(), 900);
    assert_eq!(order.show.title, "The Low Tide");

    let placed =
        stage.world.bus.wait_for::<events::orders::Order>(OrderFact::Placed, |o| o.id == order.id).await;
    assert_eq!(placed.state.buyer, ana.id());
    assert_eq!(placed.state.items[0].units.len(), 2);
    let figures = |stock: &events::orders::ListingStock| stock.listing == listing.id && stock.stock.held == 2;
    let changed = stage.world.bus.wait_for(StockFact::Changed, figures).await;
    assert_eq!((changed.state.stock.total, changed.state.stock.free), (10, 8));

    let read: OrderView = caller.get(&format!("/api/orders/{}", order.id)).await.expect(200).read();
    assert_eq!((read.id, read.version), (order.id, 1));
    let (_, other) = stage.buyer("Ben").await;
    other.get(&format!("/api/orders/{}", order.id)).await.problem(ProblemCode::NotFound);
    let listed = caller.get("/api/orders").await.expect(200);
    assert_eq!(listed.json["items"][0]["id"], json!(order.id));
    assert_eq!(other.get("/api/orders").await.expect(200).json["items"], json!([]));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_held_by_name_all_or_nothing() {
    let stage = Stage::new().await;
    let listing = stage.seats_on_sale(&["A1", "A2", "A3"]).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (_, ben) = stage.buyer("Ben").await;
    let order: OrderView =
        ana.post("/api/orders", &seats(listing.id, &["A2", "A1"])).await.expect(201).read();
    assert_eq!(order.items[0].seats, ["A1", "A2"]);
    let refused = ben.post("/api/orders", &seats(listing.id, &["A3", "A2"])).await;
    let problem = refused.problem(ProblemCode::SoldOut);
    assert_eq!(problem["left"], json!([{ "listing_id": listing.id, "left": 1 }]));
    let unknown = ben.post("/api/orders", &seats(listing.id, &["Z9"])).await.problem(ProblemCode::Invalid);
    assert_eq!(unknown["errors"][0]["code"], "unknown_seat");
    drop(ben.post("/api/orders", &seats(listing.id, &["A3"])).await.expect(201));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_bought_is_refused_with_its_reason() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let organiser = stage.world.caller(&stage.organiser);
    let (_, ana) = stage.buyer("Ana").await;
    let ask = async |body: &serde_json::Value| ana.post("/api/orders", body).await;

    organiser.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::Forbidden);
    let problem = ask(&any(listing.id, 4)).await.problem(ProblemCode::SoldOut);
    assert_eq!(problem["left"], json!([{ "listing_id": listing.id, "left": 3 }]));
    let problem = ask(&any(listing.id, 9)).await.problem(ProblemCode::Invalid);
    assert_eq!(problem["errors"][0]["field"], "items.0.quantity");
    ask(&any(listing.id, 0)).await.problem(ProblemCode::Invalid);
    for name in ["A\u{0}", " ", &"A".repeat(21)] {
        let problem = ask(&seats(listing.id, &[name])).await.problem(ProblemCode::Invalid);
        assert_eq!(problem["errors"][0]["field"], "items.0.seats");
        assert_eq!(problem["errors"][0]["code"], "invalid_seat");
    }
    stage
        .world
        .anybody()
        .post("/api/orders", &any(listing.id, 1))
        .await
        .problem(ProblemCode::Unauthenticated);
    let no_key = ana.request(reqwest::Method::POST, "/api/orders").json(&any(listing.id, 1));
    testkit::caller::answer(no_key).await.problem(ProblemCode::IdempotencyKeyInvalid);

    let old: ListingId = "0190a1b2-0000-7000-8000-000000000000".parse().unwrap();
    ask(&any(old, 1)).await.problem(ProblemCode::NotFound);
    let answer = ask(&any(service::new_id(), 1)).await;
    assert_eq!(answer.headers["retry-after"], "1");
    answer.problem(ProblemCode::NotYetKnown);

    let base = a_listing(stage.show.id, stage.organiser.id(), 5);
    let hour = chrono::Duration::hours(1);
    let soon =
        Listing { id: service::new_id(), sale_starts_at: Some(crate::support::now() + hour), ..base.clone() };
    let over =
        Listing { id: service::new_id(), sale_ends_at: Some(crate::support::now() - hour), ..base.clone() };
    let hidden = Listing { id: service::new_id(), status: ListingStatus::Hidden, ..base.clone() };
    for listing in [soon, over, hidden] {
        let listing = stage.list(listing).await;
        ask(&any(listing.id, 1)).await.problem(ProblemCode::NotOnSale);
    }
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_is_for_one_show_and_one_currency() {
    let stage = Stage::new().await;
    let pounds = stage.on_sale(3).await;
    let base = a_listing(stage.show.id, stage.organiser.id(), 3);
    let price = Money::new(1100, Currency::EUR);
    let euros = stage.list(Listing { price, fee: Money::new(100, Currency::EUR), ..base }).await;
    let other_show = a_show(stage.organiser.id());
    stage.world.bus.publish(ShowFact::Published, &other_show).await;
    let elsewhere = stage.list(a_listing(other_show.id, stage.organiser.id(), 3)).await;
    let (_, ana) = stage.buyer("Ana").await;
    for second in [euros.id, elsewhere.id] {
        let body = json!({ "items": [
            { "listing_id": pounds.id, "quantity": 1 }, { "listing_id": second, "quantity": 1 }
        ]});
        ana.post("/api/orders", &body).await.problem(ProblemCode::MixedOrder);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_hold_replaces_the_first_only_when_asked() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let (_, ana) = stage.buyer("Ana").await;
    let first = stage.place(&ana, listing.id, 2).await;
    let problem = ana.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::HoldExists);
    assert_eq!(problem["order_id"], json!(first.id));
    let mut body = any(listing.id, 3);
    body["existing_hold"] = json!("replace");
    let second: OrderView = ana.post("/api/orders", &body).await.expect(201).read();
    assert_ne!(second.id, first.id);
    assert_eq!(stage.status_now(first.id).await, "cancelled");
    let mut too_many = any(listing.id, 4);
    too_many["existing_hold"] = json!("replace");
    ana.post("/api/orders", &too_many).await.problem(ProblemCode::SoldOut);
    assert_eq!(stage.status_now(second.id).await, "awaiting_payment", "all or nothing");
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_answer() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(1).await;
    let (_, ana) = stage.buyer("Ana").await;
    let body = any(listing.id, 1);
    let answers =
        futures::future::join_all((0..8).map(|_| ana.post_with_key("/api/orders", &body, "key-1"))).await;
    let first = answers[0].clone().expect(201);
    for answer in answers {
        assert_eq!(answer.expect(201).json, first.json);
    }
    drop(ana.delete(&format!("/api/orders/{}", first.json["id"].as_str().unwrap())).await.expect(200));
    assert_eq!(ana.post_with_key("/api/orders", &body, "key-1").await.expect(201).json, first.json);
    ana.post_with_key("/api/orders", &any(listing.id, 2), "key-1")
        .await
        .problem(ProblemCode::IdempotencyKeyReused);
    let (_, ben) = stage.buyer("Ben").await;
    drop(ben.post_with_key("/api/orders", &body, "key-1").await.expect(201));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_costs_nothing_is_complete_at_once() {
    let stage = Stage::new().await;
    let zero = Money::zero(Currency::GBP);
    let base = a_listing(stage.show.id, stage.organiser.id(), 2);
    let listing = stage.list(Listing { price: zero, fee: zero, ..base }).await;
    let (_, ana) = stage.buyer("Ana").await;
    let order = stage.place(&ana, listing.id, 1).await;
    assert_eq!((order.status, order.version), (OrderStatus::Complete, 2));
    assert_eq!(stage.units(listing.id, "sold").await, 1);
    let completed = |state: &events::orders::Order| state.id == order.id;
    stage.world.bus.wait_for(OrderFact::Completed, completed).await;
    stage.check_invariants().await;
}
