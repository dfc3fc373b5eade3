//! Seats: which of them are gone is published with the figures.

use crate::support::{Stage, seats};
use contracts::orders::OrderView;
use events::{
    orders::{ListingStock, StockFact},
    tickets::Listing,
};
use serde_json::json;

/// Waits until exactly these seats are published as gone.
async fn taken(stage: &Stage, listing: &Listing, seats: &[&str]) -> ListingStock {
    let fits = |stock: &ListingStock| stock.listing == listing.id && stock.taken_seats == seats;
    stage.world.bus.wait_for(StockFact::Changed, fits).await.state
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_is_named() {
    let stage = Stage::new().await;
    let listing = stage.seats_on_sale(&["A1", "A2", "A3"]).await;
    assert_eq!(taken(&stage, &listing, &[]).await.stock.free, 3);
    let (ana, caller) = stage.buyer("Ana").await;
    let order = caller.post("/api/orders", &seats(listing.id, &["A3", "A1"])).await.expect(201).read();
    taken(&stage, &listing, &["A1", "A3"]).await;
    stage.pay(&order, ana.id()).await;
    let stock =
        stage.world.bus.wait_for(StockFact::Changed, |it: &ListingStock| it.stock.sold == 2).await.state;
    assert_eq!(stock.taken_seats, ["A1", "A3"]);

    let (_, ben) = stage.buyer("Ben").await;
    let hold: OrderView = ben.post("/api/orders", &seats(listing.id, &["A2"])).await.expect(201).read();
    taken(&stage, &listing, &["A1", "A2", "A3"]).await;
    drop(ben.delete(&format!("/api/orders/{}", hold.id)).await.expect(200));
    let back = |it: &ListingStock| it.version > stock.version + 1 && it.taken_seats == ["A1", "A3"];
    stage.world.bus.wait_for(StockFact::Changed, back).await;
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_seats_with_the_same_figures_are_news() {
    let stage = Stage::new().await;
    let listing = stage.seats_on_sale(&["A1", "A2"]).await;
    let (_, ana) = stage.buyer("Ana").await;
    drop(ana.post("/api/orders", &seats(listing.id, &["A1"])).await.expect(201));
    let before = taken(&stage, &listing, &["A1"]).await;
    let mut other = seats(listing.id, &["A2"]);
    other["existing_hold"] = json!("replace");
    drop(ana.post("/api/orders", &other).await.expect(201));
    let after = taken(&stage, &listing, &["A2"]).await;
    assert_eq!((after.stock, after.version), (before.stock, before.version + 1));
}
