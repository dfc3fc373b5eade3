//! A second hold for the same show: more is added or something else is taken, and the clock never starts anew.

use crate::support::{Stage, any, seats, wait_until};
use contracts::{Money, ProblemCode, ids::ListingId, orders::OrderView};
use events::tickets::{Listing, ListingFact};
use serde_json::{Value, json};
use testkit::TestCaller;

fn choosing(choice: &str, mut body: Value) -> Value {
    body["existing_hold"] = json!(choice);
    body
}

async fn ask(buyer: &TestCaller, choice: &str, body: Value) -> OrderView {
    buyer.post("/api/orders", &choosing(choice, body)).await.expect(201).read()
}

async fn held(stage: &Stage, listing: ListingId) -> i64 {
    stage.units(listing, "held").await
}

#[tokio::test(flavor = "multi_thread")]
async fn more_is_added_at_its_own_price_and_the_deadline_stays() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let seated = stage.seats_on_sale(&["A1", "A2"]).await;
    let (_, ana) = stage.buyer("Ana").await;
    let first = stage.place(&ana, listing.id, 2).await;
    let more = ask(&ana, "extend", any(listing.id, 1)).await;
    assert_eq!((more.items.len(), more.items[0].quantity), (1, 3));
    assert_eq!(more.expires_at, first.expires_at);
    assert_eq!(stage.status_now(first.id).await, "cancelled");

    let price = Money::new(9900, listing.price.currency);
    let dearer = Listing { price, version: 2, ..listing.clone() };
    stage.world.bus.publish(ListingFact::Changed, &dearer).await;
    stage.knows(&dearer).await;
    let dear = ask(&ana, "extend", any(listing.id, 1)).await;
    let prices: Vec<_> = dear.items.iter().map(|item| (item.quantity, item.unit_price.amount)).collect();
    assert_eq!(prices, [(3, 4840), (1, 9900)], "what was held keeps its price");
    let all = ask(&ana, "extend", seats(seated.id, &["A2"])).await;
    assert_eq!(all.total, Money::new(4 * 4840 + 9900, listing.price.currency));
    assert_eq!(all.expires_at, first.expires_at);
    assert_eq!((held(&stage, listing.id).await, held(&stage, seated.id).await), (4, 1));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_added_leaves_the_hold_as_it_was() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(9).await;
    let seated = stage.seats_on_sale(&["A1", "A2"]).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (_, ben) = stage.buyer("Ben").await;
    drop(ben.post("/api/orders", &seats(seated.id, &["A1"])).await.expect(201));
    let first = stage.place(&ana, listing.id, 6).await;
    let too_many = ana.post("/api/orders", &choosing("extend", any(listing.id, 3))).await;
    let problem = too_many.problem(ProblemCode::Invalid);
    assert_eq!(problem["errors"][0]["field"], "items.0.quantity");
    let taken = choosing("extend", seats(seated.id, &["A1"]));
    ana.post("/api/orders", &taken).await.problem(ProblemCode::SoldOut);
    assert_eq!(stage.status_now(first.id).await, "awaiting_payment");
    assert_eq!(held(&stage, listing.id).await, 6);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_again_and_again_does_not_keep_tickets_from_others() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let (_, ana) = stage.buyer("Ana").await;
    let first = stage.place(&ana, listing.id, 2).await;
    let other = ask(&ana, "replace", any(listing.id, 1)).await;
    assert_eq!((other.expires_at, other.items[0].quantity), (first.expires_at, 1));
    let third = ask(&ana, "replace", any(listing.id, 3)).await;
    assert_eq!(third.expires_at, first.expires_at);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_held_any_more_it_is_an_ordinary_hold() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(5).await;
    let (_, ana) = stage.buyer("Ana").await;
    let first = stage.place(&ana, listing.id, 2).await;
    wait_until(&stage, first.expires_at).await;
    let second = ask(&ana, "extend", any(listing.id, 1)).await;
    assert_eq!(second.items[0].quantity, 1);
    assert!(second.expires_at > first.expires_at);
    stage.check_invariants().await;
}
