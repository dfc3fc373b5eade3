//! Holds that run out: for sale again at once, and cancelled soon, whoever is down (I9).

use crate::support::{Stage, wait_until};
use contracts::orders::{CancelReason, OrderStatus};
use events::orders::{ListingStock, Order, OrderFact, StockFact};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn the_next_buyer_takes_what_ran_out_at_once() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(2).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (_, ben) = stage.buyer("Ben").await;
    let first = stage.place(&ana, listing.id, 2).await;
    wait_until(&stage, first.expires_at).await;
    let second = stage.place(&ben, listing.id, 1).await;
    let cancelled =
        stage.world.bus.wait_for::<Order>(OrderFact::Cancelled, |state| state.id == first.id).await;
    assert_eq!(cancelled.state.cancel_reason, Some(CancelReason::Expired));
    assert_eq!(second.status, OrderStatus::AwaitingPayment);
    // All units of the expired order were let go, not only the one that was taken.
    assert_eq!((stage.units(listing.id, "held").await, stage.units(listing.id, "free").await), (1, 1));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_makes_room_for_the_same_buyer() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.seats_on_sale(&["A1"]).await;
    let (_, ana) = stage.buyer("Ana").await;
    let body = crate::support::seats(listing.id, &["A1"]);
    let first: contracts::orders::OrderView = ana.post("/api/orders", &body).await.expect(201).read();
    wait_until(&stage, first.expires_at).await;
    drop(ana.post("/api/orders", &body).await.expect(201));
    stage.status(first.id, OrderStatus::Cancelled).await;
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_is_for_sale_within_two_seconds_without_the_expiration_service() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(3).await;
    let (_, ana) = stage.buyer("Ana").await;
    let order = stage.place(&ana, listing.id, 3).await;
    let taken = |stock: &ListingStock| stock.listing == listing.id && stock.stock.free == 0;
    let before = stage.world.bus.wait_for(StockFact::Changed, taken).await.state.version;
    wait_until(&stage, order.expires_at).await;
    let expired = Instant::now();
    let restored =
        |stock: &ListingStock| stock.listing == listing.id && stock.stock.free == 3 && stock.version > before;
    stage.world.bus.wait_for(StockFact::Changed, restored).await;
    assert!(expired.elapsed() < Duration::from_secs(2), "{:?}", expired.elapsed());
    assert_eq!(stage.status_now(order.id).await, "cancelled");
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_absolute_versioned_and_at_most_four_a_second() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(200).await;
    let begun = Instant::now();
    for number in 0..20 {
        let (_, buyer) = stage.buyer(&format!("Buyer {number}")).await;
        stage.place(&buyer, listing.id, 1).await;
    }
    let last = |stock: &ListingStock| stock.listing == listing.id && stock.stock.held == 20;
    stage.world.bus.wait_for(StockFact::Changed, last).await;
    let seconds = begun.elapsed().as_secs_f64();
    let all = stage.world.bus.all::<ListingStock>(StockFact::Changed);
    assert!(all.windows(2).all(|pair| pair[0].state.version + 1 == pair[1].state.version));
    assert!(all.windows(2).all(|pair| (pair[1].occurred_at - pair[0].occurred_at).num_milliseconds() >= 240));
    assert!(all.iter().all(|event| event.state.stock.total == 200));
    #[expect(clippy::cast_precision_loss, reason = "a handful of messages")]
    let count = all.len() as f64;
    assert!(count <= 4.0 * seconds + 3.0, "{count} in {seconds} s");
}
