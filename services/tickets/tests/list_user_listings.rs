//! `GET /api/tickets/admin/listings`

use crate::support::*;
use contracts::{Page, ProblemCode, listings::SoldListing};
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn an_admin_sees_all_that_somebody_sells_in_pages() {
    let world = world().await;
    let (ana, bob) = (Person::new("Ana"), Person::new("Bob"));
    let (anas, bobs, admin) = (world.caller(&ana), world.caller(&bob), world.caller(&Person::admin("Root")));
    let (show, other) = (published(&anas, "Jazz").await, published(&bobs, "Blues").await);
    let first = listing(&anas, &show, &listing_body("Stalls")).await;
    let second = listing(&anas, &show, &listing_body("Circle")).await;
    listing(&bobs, &other, &listing_body("Balcony")).await;
    let path = format!("/api/listings/{}", first.id);
    anas.patch(&path, 1, &json!({"hidden": true})).await.expect(200).read::<serde_json::Value>();

    let path = format!("/api/tickets/admin/listings?user={}&limit=1", ana.id());
    let newest: Page<SoldListing> = admin.get(&path).await.expect(200).read();
    let cursor = newest.next_cursor.clone().unwrap();
    let oldest: Page<SoldListing> = admin.get(&format!("{path}&cursor={cursor}")).await.expect(200).read();
    assert_eq!((newest.items[0].listing.id, oldest.items[0].listing.id), (second.id, first.id));
    assert_eq!(oldest.next_cursor, None);
    let empty: Page<SoldListing> = admin.get(&format!("{path}&cursor=")).await.expect(200).read();
    assert_eq!(empty.next_cursor, newest.next_cursor, "a form sends its empty fields too");
    assert_eq!(oldest.items[0].show_title, "Jazz");

    anas.get(&path).await.problem(ProblemCode::Forbidden);
    world.anybody().get(&path).await.problem(ProblemCode::Unauthenticated);
    admin.get("/api/tickets/admin/listings?user=nobody").await.problem(ProblemCode::Malformed);
    admin.get(&format!("{path}&cursor=odd")).await.problem(ProblemCode::Malformed);
}
