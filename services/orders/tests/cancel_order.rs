//! The buyer lets the tickets go.

use crate::support::Stage;
use contracts::{
    ProblemCode,
    orders::{CancelReason, OrderStatus, OrderView},
};
use events::orders::{Order, OrderFact};

#[tokio::test(flavor = "multi_thread")]
async fn the_units_are_free_again_and_doing_it_twice_is_doing_it_once() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (_, ana) = stage.buyer("Ana").await;
    let order = stage.place(&ana, listing.id, 2).await;
    let path = format!("/api/orders/{}", order.id);
    let first: OrderView = ana.delete(&path).await.expect(200).read();
    assert_eq!((first.status, first.cancel_reason), (OrderStatus::Cancelled, Some(CancelReason::Buyer)));
    let again: OrderView = ana.delete(&path).await.expect(200).read();
    assert_eq!(again.version, first.version);
    stage.world.bus.wait_for::<Order>(OrderFact::Cancelled, |state| state.id == order.id).await;
    assert_eq!(stage.world.bus.all::<Order>(OrderFact::Cancelled).len(), 1);
    assert_eq!(stage.units(listing.id, "free").await, 2);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_others_are_unknown() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (_, ben) = stage.buyer("Ben").await;
    let order = stage.place(&ana, listing.id, 1).await;
    ben.delete(&format!("/api/orders/{}", order.id)).await.problem(ProblemCode::NotFound);
    ana.delete("/api/orders/nonsense").await.problem(ProblemCode::NotFound);
    let anybody = stage.world.anybody();
    anybody.delete(&format!("/api/orders/{}", order.id)).await.problem(ProblemCode::Unauthenticated);
}
