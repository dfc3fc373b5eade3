//! Listings change: units are added and withdrawn, never taken from a buyer.

use crate::support::{Stage, a_listing, any, wait_until};
use contracts::{
    ProblemCode,
    listings::{ListingKind, ListingStatus},
    orders::OrderStatus,
};
use events::{
    orders::{ListingFact as Granted, ListingStock, StockFact, WithdrawnListing},
    tickets::{Listing, ListingFact},
};

async fn change(stage: &Stage, fact: ListingFact, listing: &Listing) {
    stage.world.bus.publish(fact, listing).await;
    stage.knows(listing).await;
}

/// The figures with so many held: the same total may have been published before.
async fn figures(stage: &Stage, listing: &Listing, total: u32, held: u32) -> ListingStock {
    let fits = |stock: &ListingStock| {
        stock.listing == listing.id && (stock.stock.total, stock.stock.held) == (total, held)
    };
    stage.world.bus.wait_for(StockFact::Changed, fits).await.state
}

#[tokio::test(flavor = "multi_thread")]
async fn raising_adds_units_and_lowering_withdraws_free_ones_only() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(4).await;
    let raised = Listing { quantity: 6, version: 2, ..listing.clone() };
    change(&stage, ListingFact::Changed, &raised).await;
    assert_eq!(figures(&stage, &listing, 6, 0).await.stock.free, 6);

    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 4).await;
    let lowered = Listing { quantity: 1, version: 3, ..listing.clone() };
    change(&stage, ListingFact::Changed, &lowered).await;
    assert_eq!(figures(&stage, &listing, 4, 4).await.stock.free, 0);
    // Late news of the raise changes nothing.
    stage.world.bus.publish(ListingFact::Changed, &raised).await;
    stage.world.bus.settled("orders-listings").await;

    drop(caller.delete(&format!("/api/orders/{}", order.id)).await.expect(200));
    assert_eq!((stage.units(listing.id, "free").await, stage.units(listing.id, "withdrawn").await), (1, 5));
    let order = stage.place(&caller, listing.id, 1).await;
    stage.pay(&order, ana.id()).await;
    change(&stage, ListingFact::Changed, &Listing { quantity: 3, version: 4, ..listing.clone() }).await;
    assert_eq!((stage.units(listing.id, "free").await, stage.units(listing.id, "sold").await), (2, 1));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_cannot_be_held_and_comes_back() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (_, ana) = stage.buyer("Ana").await;
    let hidden = Listing { status: ListingStatus::Hidden, version: 2, ..listing.clone() };
    change(&stage, ListingFact::Hidden, &hidden).await;
    ana.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::NotOnSale);
    assert_eq!(stage.units(listing.id, "free").await, 2);
    change(&stage, ListingFact::Changed, &Listing { version: 3, ..listing.clone() }).await;
    stage.place(&ana, listing.id, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_granted_once_when_nothing_is_held() {
    let stage = Stage::with_hold(1).await;
    let base = a_listing(stage.show.id, stage.organiser.id(), 1);
    let listing = stage.list(Listing { kind: ListingKind::Resale, ..base }).await;
    let (_, ana) = stage.buyer("Ana").await;
    let order = stage.place(&ana, listing.id, 1).await;
    let withdrawn = Listing { status: ListingStatus::Withdrawn, version: 2, ..listing.clone() };
    change(&stage, ListingFact::Withdrawn, &withdrawn).await;
    ana.post("/api/orders", &any(listing.id, 1)).await.problem(ProblemCode::NotOnSale);
    assert_eq!(stage.world.bus.all::<WithdrawnListing>(Granted::Withdrawn).len(), 0);
    wait_until(&stage, order.expires_at).await;
    let granted = |state: &WithdrawnListing| state.listing == listing.id;
    let granted = stage.world.bus.wait_for(Granted::Withdrawn, granted).await;
    assert_eq!(stage.status_now(order.id).await, "cancelled");
    assert!(granted.state.version > 0);
    change(&stage, ListingFact::Withdrawn, &Listing { version: 3, ..withdrawn }).await;
    figures(&stage, &listing, 0, 0).await;
    assert_eq!(stage.world.bus.all::<WithdrawnListing>(Granted::Withdrawn).len(), 1);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_withdrawal_of_a_resold_ticket_is_never_granted() {
    let stage = Stage::new().await;
    let base = a_listing(stage.show.id, stage.organiser.id(), 1);
    let listing = stage.list(Listing { kind: ListingKind::Resale, ..base }).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    change(
        &stage,
        ListingFact::Withdrawn,
        &Listing { status: ListingStatus::Withdrawn, version: 2, ..listing.clone() },
    )
    .await;
    stage.pay(&order, ana.id()).await;
    let sold = |stock: &ListingStock| stock.listing == listing.id && stock.stock.sold == 1;
    stage.world.bus.wait_for(StockFact::Changed, sold).await;
    stage.status(order.id, OrderStatus::Complete).await;
    assert_eq!(stage.world.bus.all::<WithdrawnListing>(Granted::Withdrawn).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_change_leaves_placed_orders_alone() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let (_, ana) = stage.buyer("Ana").await;
    let order = stage.place(&ana, listing.id, 1).await;
    let price = contracts::Money::new(9900, listing.price.currency);
    change(&stage, ListingFact::Changed, &Listing { price, version: 2, ..listing.clone() }).await;
    let read: contracts::orders::OrderView =
        ana.get(&format!("/api/orders/{}", order.id)).await.expect(200).read();
    assert_eq!(read.total, order.total);
}
