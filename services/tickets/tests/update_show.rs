//! `PATCH /api/shows/{id}`

use crate::support::*;
use chrono::TimeDelta;
use contracts::{ProblemCode, shows::ShowView};
use events::tickets::{Show, ShowFact};
use reqwest::Method;
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn absent_fields_stay_and_doors_move_with_the_start() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let path = format!("/api/shows/{}", show.id);
    let starts_at = show.starts_at + TimeDelta::days(1);
    let changed: ShowView =
        ana.patch(&path, show.version, &json!({"starts_at": starts_at})).await.expect(200).read();
    assert_eq!(changed.version, show.version + 1);
    assert_eq!(changed.title, "Jazz");
    assert_eq!(changed.doors_at, starts_at - TimeDelta::hours(1));
    assert_eq!(changed.refund_until, starts_at);
    let event = world.bus.wait_for::<Show>(ShowFact::Changed, |it| it.version == changed.version).await;
    assert_eq!(event.state.starts_at, starts_at);
}

#[tokio::test]
async fn only_the_organiser_with_the_newest_version_changes_it() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let (hidden, show) = (draft(&ana, "Blues").await, published(&ana, "Jazz").await);
    let (path, body) = (format!("/api/shows/{}", show.id), json!({"title": "Swing"}));
    bob.patch(&path, show.version, &body).await.problem(ProblemCode::Forbidden);
    bob.patch(&format!("/api/shows/{}", hidden.id), 1, &body).await.problem(ProblemCode::NotFound);
    world.anybody().patch(&path, show.version, &body).await.problem(ProblemCode::Unauthenticated);
    let stale = ana.patch(&path, 1, &body).await.problem(ProblemCode::VersionConflict);
    assert_eq!(stale["version"], show.version);
    let without = testkit::caller::answer(ana.request(Method::PATCH, &path).json(&body)).await;
    without.problem(ProblemCode::PreconditionRequired);
    let early = json!({"doors_at": show.starts_at + TimeDelta::hours(1)});
    let problem = ana.patch(&path, show.version, &early).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&problem), ["doors_at"]);

    // Of two at the same time one wins.
    let other = json!({"title": "Bebop"});
    let (one, two) =
        futures::join!(ana.patch(&path, show.version, &body), ana.patch(&path, show.version, &other));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
