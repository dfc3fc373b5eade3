//! `PATCH /api/listings/{id}`

use crate::support::*;
use contracts::{
    ProblemCode,
    listings::{ListingStatus, ListingView, UpdateListing},
};
use events::tickets::{Listing, ListingFact};
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn a_seller_changes_hides_and_shows_it() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let show = published(&ana, "Jazz").await;
    let made = listing(&ana, &show, &listing_body("Stalls")).await;
    let path = format!("/api/listings/{}", made.id);
    let change = json!({"quantity": 50, "price": {"amount": 1000, "currency": "GBP"}});
    let changed: ListingView = ana.patch(&path, 1, &change).await.expect(200).read();
    assert_eq!((changed.quantity, changed.price, changed.version), (50, gbp(1100), 2));
    world.bus.wait_for::<Listing>(ListingFact::Changed, |it| it.version == 2).await;

    let hidden: ListingView = ana.patch(&path, 2, &json!({"hidden": true})).await.expect(200).read();
    assert_eq!(hidden.status, ListingStatus::Hidden);
    world.bus.wait_for::<Listing>(ListingFact::Hidden, |it| it.version == 3).await;
    assert!(listing_of(&world.anybody(), &show, made.id).await.is_none());
    assert!(listing_of(&bob, &show, made.id).await.is_none());
    assert_eq!(listing_of(&ana, &show, made.id).await, Some(hidden));
    bob.patch(&path, 3, &json!({"hidden": false})).await.problem(ProblemCode::NotFound);

    let shown: ListingView = ana.patch(&path, 3, &json!({"hidden": false})).await.expect(200).read();
    assert_eq!((shown.status, shown.version), (ListingStatus::OnSale, 4));
    world.bus.wait_for::<Listing>(ListingFact::Changed, |it| it.version == 4).await;
    bob.patch(&path, 4, &json!({"hidden": true})).await.problem(ProblemCode::Forbidden);
    let stale = ana.patch(&path, 3, &json!({"hidden": true})).await.problem(ProblemCode::VersionConflict);
    assert_eq!(stale["version"], 4);
}

#[tokio::test]
async fn what_makes_no_sense_is_named() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let mut body = listing_body("Stalls");
    body["seats"] = json!(["A1", "A2"]);
    body["quantity"] = json!(null);
    body["sale_starts_at"] = json!(in_days(2));
    let made = listing(&ana, &show, &body).await;
    let path = format!("/api/listings/{}", made.id);
    for (change, field) in [
        (json!({"quantity": 3}), "quantity"),
        (json!({"price": {"amount": 1, "currency": "EUR"}}), "price.currency"),
        (json!({"sale_ends_at": in_days(1)}), "sale_ends_at"),
        (json!({"seats": ["A3"]}), "seats"),
    ] {
        let problem = ana.patch(&path, 1, &change).await.problem(ProblemCode::Invalid);
        assert_eq!(fields(&problem), [field]);
    }
}

#[tokio::test]
async fn a_sale_window_is_kept_where_absent_and_removed_by_null() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let mut body = listing_body("Stalls");
    (body["sale_starts_at"], body["sale_ends_at"]) = (json!(in_days(2)), json!(in_days(9)));
    let made = listing(&ana, &show, &body).await;
    let path = format!("/api/listings/{}", made.id);
    // As a typed caller writes what it does not mention.
    let change = UpdateListing { max_per_order: Some(2), ..UpdateListing::default() };
    let kept: ListingView = ana.patch(&path, 1, &change).await.expect(200).read();
    assert_eq!((kept.sale_starts_at, kept.sale_ends_at), (Some(in_days(2)), Some(in_days(9))));
    let begun: ListingView = ana.patch(&path, 2, &json!({"sale_starts_at": null})).await.expect(200).read();
    assert_eq!((begun.sale_starts_at, begun.sale_ends_at), (None, Some(in_days(9))));
    let open: ListingView = ana.patch(&path, 3, &json!({"sale_ends_at": null})).await.expect(200).read();
    assert_eq!((open.sale_starts_at, open.sale_ends_at), (None, None));
    let event = world.bus.wait_for::<Listing>(ListingFact::Changed, |it| it.version == 4).await;
    assert_eq!((event.state.sale_starts_at, event.state.sale_ends_at), (None, None));
}
