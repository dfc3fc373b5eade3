//! Money goes back in parts: each part counts once, and sellers see what is left to them.

use crate::support::{Stage, a_listing};
use contracts::{
    Currency, Money,
    ids::RefundId,
    orders::{OrderStatus, OrderView, SellerOrders},
    payments::RefundStatus,
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, Refund, RefundFact},
};
use serde_json::json;

fn gbp(amount: i64) -> Money {
    Money::new(amount, Currency::GBP)
}

fn part(payment: &Payment, amount: i64) -> Refund {
    Refund {
        id: service::new_id::<RefundId>(),
        payment: payment.id,
        order: payment.order,
        amount: gbp(amount),
        full: false,
        reason: "One seat was behind a pillar".to_owned(),
        status: RefundStatus::Issued,
        version: 2,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_counts_once_and_the_order_stands() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 2).await;
    let payment = stage.pay(&order, ana.id()).await;
    let bus = &stage.world.bus;
    let refund = part(&payment, 1100);
    stage.world.faults.crash_everywhere("orders-refunds");
    let id = bus.publish(RefundFact::Issued, &refund).await;
    bus.publish_as(id, RefundFact::Issued, &refund).await;
    // Told of again under another id: the refund's own id protects.
    bus.publish(RefundFact::Issued, &refund).await;
    bus.publish(RefundFact::Issued, &part(&payment, 990)).await;
    bus.settled("orders-refunds").await;
    assert!(stage.world.faults.exhausted());
    let path = format!("/api/orders/{}", order.id);
    let read: OrderView = caller.get(&path).await.expect(200).read();
    assert_eq!((read.refunded, read.status, read.version), (Some(gbp(2090)), OrderStatus::Complete, 5));
    let told = bus.wait_for::<Order>(OrderFact::PartlyRefunded, |it| it.version == 5).await.state;
    assert_eq!((told.refunded, told.status), (Some(gbp(2090)), OrderStatus::Complete));
    assert_eq!(stage.units(listing.id, "sold").await, 2);

    let organiser = stage.world.caller(&stage.organiser);
    let seen: SellerOrders =
        organiser.get(&format!("/api/shows/{}/orders", stage.show.id)).await.expect(200).read();
    assert_eq!((seen.items[0].refunded, seen.items[0].net), (Some(gbp(2090)), gbp(8800)));
    // A part of the price is a part of the seller's share and of the fee: 8,800 of 9,680 are the seller's.
    assert_eq!(seen.takings, [gbp(8800 - 1900)]);

    stage.refund(&payment).await;
    stage.status(order.id, OrderStatus::Refunded).await;
    let read: OrderView = caller.get(&path).await.expect(200).read();
    assert_eq!(read.refunded, Some(order.total));
    bus.publish(RefundFact::Issued, &part(&payment, 10)).await;
    bus.settled("orders-refunds").await;
    assert_eq!(caller.get(&path).await.expect(200).read::<OrderView>().refunded, Some(order.total));
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sellers_of_one_order_bear_their_own_part_and_see_only_that() {
    let stage = Stage::new().await;
    let (sam, sam_calls) = stage.buyer("Sam").await;
    let own = stage.on_sale(2).await;
    let sams = stage.list(a_listing(stage.show.id, sam.id(), 2)).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let body = json!({ "items": [
        { "listing_id": own.id, "quantity": 2 }, { "listing_id": sams.id, "quantity": 1 }
    ]});
    let order: OrderView = caller.post("/api/orders", &body).await.expect(201).read();
    let payment = stage.pay(&order, ana.id()).await;
    stage.world.bus.publish(RefundFact::Issued, &part(&payment, 1000)).await;
    stage.world.bus.settled("orders-refunds").await;

    let path = format!("/api/shows/{}/orders", stage.show.id);
    let seen =
        async |caller: &testkit::TestCaller| caller.get(&path).await.expect(200).read::<SellerOrders>();
    let (all, part) = (seen(&stage.world.caller(&stage.organiser)).await, seen(&sam_calls).await);
    assert_eq!((all.items[0].total, all.items[0].payment_id), (order.total, Some(payment.id)));
    assert_eq!(all.items[0].refunded, Some(gbp(1000)));
    let item = &part.items[0];
    assert_eq!((item.total, item.net, item.payment_id), (gbp(4840), gbp(4400), None));
    assert_eq!((item.items.len(), item.refunded), (1, Some(gbp(333))));
    // 1,000 of 14,520 are spread over 8,800 and 4,400 net and 1,320 of fees, to the penny as the ledger does it.
    assert_eq!((all.takings, part.takings), (vec![gbp(8800 - 606)], vec![gbp(4400 - 303)]));
}
