//! `DELETE /api/listings/{id}`

use crate::support::*;
use contracts::{
    ProblemCode,
    listings::{ListingStatus, ListingView},
};
use events::tickets::{Listing, ListingFact};
use reqwest::Method;
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn it_ends_for_good_and_once() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let show = published(&ana, "Jazz").await;
    let made = listing(&ana, &show, &listing_body("Stalls")).await;
    let path = format!("/api/listings/{}", made.id);
    bob.delete(&path).await.problem(ProblemCode::Forbidden);
    let stale = guarded(&ana, Method::DELETE, &path, 2).await.problem(ProblemCode::VersionConflict);
    assert_eq!(stale["version"], 1);
    let gone: ListingView = guarded(&ana, Method::DELETE, &path, 1).await.expect(200).read();
    assert_eq!((gone.status, gone.version), (ListingStatus::Withdrawn, 2));
    world.bus.wait_for::<Listing>(ListingFact::Withdrawn, |it| it.id == made.id).await;
    let again: ListingView = ana.delete(&path).await.expect(200).read();
    assert_eq!(again.version, 2);
    let repeated: ListingView = guarded(&ana, Method::DELETE, &path, 1).await.expect(200).read();
    assert_eq!(repeated.version, 2);
    assert!(listing_of(&ana, &show, made.id).await.is_none());
    ana.patch(&path, 2, &json!({"hidden": false})).await.problem(ProblemCode::StateConflict);
    bob.delete(&path).await.problem(ProblemCode::NotFound);
    let unknown = format!("/api/listings/{}", show.id);
    ana.delete(&unknown).await.problem(ProblemCode::NotFound);
}

#[tokio::test]
async fn of_a_draft_nobody_hears() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = draft(&ana, "Jazz").await;
    let made = listing(&ana, &show, &listing_body("Stalls")).await;
    ana.delete(&format!("/api/listings/{}", made.id)).await.expect(200).read::<ListingView>();
    // The currency was not announced either, so it may still change.
    let mut euros = listing_body("Circle");
    euros["price"]["currency"] = json!("EUR");
    listing(&ana, &show, &euros).await;
    ana.post(&format!("/api/shows/{}/publish", show.id), &json!(null))
        .await
        .expect(200)
        .read::<serde_json::Value>();
    world.bus.wait_for::<Listing>(ListingFact::Published, |it| it.name == "Circle").await;
    assert!(world.bus.all::<Listing>(ListingFact::Withdrawn).is_empty());
    assert_eq!(world.bus.all::<Listing>(ListingFact::Published).len(), 1);
}
