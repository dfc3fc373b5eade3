//! Who bought, for the organiser and for sellers.

use crate::support::{Stage, a_listing};
use contracts::{
    Currency, Money, ProblemCode,
    ids::ShowId,
    orders::{OrderStatus, SellerOrders},
};

#[tokio::test(flavor = "multi_thread")]
async fn sellers_see_their_own_and_the_organiser_sees_all() {
    let stage = Stage::new().await;
    let (sam, sam_calls) = stage.buyer("Sam").await;
    let own = stage.on_sale(5).await;
    let sams = stage.list(a_listing(stage.show.id, sam.id(), 5)).await;
    let (ana, ana_calls) = stage.buyer("Ana").await;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let first = stage.place(&ana_calls, own.id, 2).await;
    stage.pay(&first, ana.id()).await;
    let second = stage.place(&ben_calls, sams.id, 1).await;
    stage.pay(&second, ben.id()).await;
    let path = format!("/api/shows/{}/orders", stage.show.id);

    let organiser = stage.world.caller(&stage.organiser);
    let all: SellerOrders = organiser.get(&path).await.expect(200).read();
    let names: Vec<_> = all.items.iter().map(|order| order.buyer_name.as_str()).collect();
    assert_eq!(names, ["Ben", "Ana"]);
    assert_eq!(all.items[1].status, OrderStatus::Complete);
    assert_eq!(all.items[1].net, Money::new(8800, Currency::GBP));
    assert_eq!(all.takings, [Money::new(8800, Currency::GBP)]);
    let sams_view: SellerOrders = sam_calls.get(&path).await.expect(200).read();
    assert_eq!(sams_view.items.len(), 1);
    assert_eq!(sams_view.takings, [Money::new(4400, Currency::GBP)]);

    let page: SellerOrders = organiser.get(&format!("{path}?limit=1")).await.expect(200).read();
    let next = format!("{path}?limit=1&cursor={}", page.next_cursor.unwrap());
    let page: SellerOrders = organiser.get(&next).await.expect(200).read();
    assert_eq!((page.items[0].id, page.next_cursor), (first.id, None));

    ana_calls.get(&path).await.problem(ProblemCode::Forbidden);
    organiser.get(&format!("{path}?cursor=nonsense")).await.problem(ProblemCode::Malformed);
    let unknown: ShowId = "0190a1b2-0000-7000-8000-000000000000".parse().unwrap();
    organiser.get(&format!("/api/shows/{unknown}/orders")).await.problem(ProblemCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_orders_come_in_pages() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(5).await;
    let (_, ana) = stage.buyer("Ana").await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        let order = stage.place(&ana, listing.id, 1).await;
        drop(ana.delete(&format!("/api/orders/{}", order.id)).await.expect(200));
        placed.push(serde_json::json!(order.id));
    }
    let page = ana.get("/api/orders?limit=2").await.expect(200).json;
    assert_eq!([&page["items"][0]["id"], &page["items"][1]["id"]], [&placed[2], &placed[1]]);
    let next = format!("/api/orders?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    let page = ana.get(&next).await.expect(200).json;
    assert_eq!((&page["items"][0]["id"], &page["next_cursor"]), (&placed[0], &serde_json::Value::Null));
    ana.get("/api/orders?cursor=x").await.problem(ProblemCode::Malformed);
}
