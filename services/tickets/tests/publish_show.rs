//! `POST /api/shows/{id}/publish`

use crate::support::*;
use contracts::{
    ProblemCode,
    shows::{ShowStatus, ShowView},
};
use events::tickets::{Listing, ListingFact, Show, ShowFact};
use reqwest::Method;
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn a_draft_and_its_listings_become_known() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let show = draft(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let circle = listing(&ana, &show, &listing_body("Circle")).await;
    let path_circle = format!("/api/listings/{}", circle.id);
    let hidden = ana.patch(&path_circle, circle.version, &json!({"hidden": true})).await.expect(200).json;
    let path = format!("/api/shows/{}/publish", show.id);
    bob.post(&path, &json!(null)).await.problem(ProblemCode::NotFound);
    assert!(world.bus.all::<Listing>(ListingFact::Published).is_empty());

    let stale = guarded(&ana, Method::POST, &path, 7).await.problem(ProblemCode::VersionConflict);
    assert_eq!(stale["version"], 1);
    let nonsense = ana.request(Method::POST, &path).header("if-match", "new");
    testkit::caller::answer(nonsense).await.problem(ProblemCode::Malformed);
    let shown: ShowView = guarded(&ana, Method::POST, &path, 1).await.expect(200).read();
    assert_eq!((shown.status, shown.version), (ShowStatus::Published, 2));
    let event = world.bus.wait_for::<Show>(ShowFact::Published, |it| it.id == show.id).await;
    assert_eq!(event.state.version, 2);
    let event = world.bus.wait_for::<Listing>(ListingFact::Published, |it| it.id == stalls.id).await;
    assert_eq!((event.state.version, event.state.price), (2, gbp(2200)));

    // What was hidden is heard of when it is on sale.
    let version = hidden["version"].as_i64().unwrap();
    ana.patch(&path_circle, version, &json!({"hidden": false})).await.expect(200).read::<serde_json::Value>();
    world.bus.wait_for::<Listing>(ListingFact::Published, |it| it.id == circle.id).await;

    // Doing it again changes nothing.
    let again: ShowView = ana.post(&path, &json!(null)).await.expect(200).read();
    assert_eq!(again.version, 2);
    let repeated: ShowView = guarded(&ana, Method::POST, &path, 1).await.expect(200).read();
    assert_eq!(repeated.version, 2);
    bob.post(&path, &json!(null)).await.problem(ProblemCode::Forbidden);
    assert_eq!(world.bus.all::<Show>(ShowFact::Published).len(), 1);
    assert_eq!(world.bus.all::<Listing>(ListingFact::Published).len(), 2);
}

#[tokio::test]
async fn what_has_begun_or_was_cancelled_is_not_published() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let (begun, cancelled) = (draft(&ana, "Jazz").await, draft(&ana, "Blues").await);
    sqlx::query("UPDATE shows SET starts_at = now() WHERE id = $1")
        .bind(begun.id.uuid())
        .execute(&world.pool)
        .await
        .unwrap();
    ana.post(&format!("/api/shows/{}/cancel", cancelled.id), &json!(null))
        .await
        .expect(200)
        .read::<ShowView>();
    for show in [begun, cancelled] {
        let path = format!("/api/shows/{}/publish", show.id);
        ana.post(&path, &json!(null)).await.problem(ProblemCode::StateConflict);
    }
}
