//! `GET /api/orders/admin/orders`

use crate::support::Stage;
use contracts::{Page, ProblemCode, orders::OrderView};
use testkit::Person;

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_somebody_s_orders_in_pages() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(8).await;
    let (ana, anas) = stage.buyer("Ana").await;
    let (_, bobs) = stage.buyer("Bob").await;
    let first = stage.place(&anas, listing.id, 1).await;
    stage.pay(&first, ana.id()).await;
    let second = stage.place(&anas, listing.id, 2).await;
    stage.place(&bobs, listing.id, 1).await;
    let admin = stage.world.caller(&Person::admin("Root"));
    let path = format!("/api/orders/admin/orders?user={}&limit=1", ana.id());
    let newest: Page<OrderView> = admin.get(&path).await.expect(200).read();
    let cursor = newest.next_cursor.clone().unwrap();
    let oldest: Page<OrderView> = admin.get(&format!("{path}&cursor={cursor}")).await.expect(200).read();
    assert_eq!((newest.items[0].id, oldest.items[0].id), (second.id, first.id));
    assert_eq!(oldest.next_cursor, None);
    let empty: Page<OrderView> = admin.get(&format!("{path}&cursor=")).await.expect(200).read();
    assert_eq!(empty.next_cursor, newest.next_cursor, "a form sends its empty fields too");

    anas.get(&path).await.problem(ProblemCode::Forbidden);
    stage.world.anybody().get(&path).await.problem(ProblemCode::Unauthenticated);
    admin.get("/api/orders/admin/orders").await.problem(ProblemCode::Malformed);
    admin.get(&format!("{path}&cursor=odd")).await.problem(ProblemCode::Malformed);
}
