//! `POST /api/shows` and `GET /api/shows/{id}` of a draft.

use crate::support::*;
use chrono::TimeDelta;
use contracts::{
    ProblemCode,
    shows::{ShowStatus, ShowView},
};
use events::tickets::{Show, ShowFact};
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn a_draft_is_made_and_stays_at_home() {
    let world = world().await;
    let (ana, bob) = (Person::new("Ana"), Person::new("Bob"));
    world.register(&ana).await;
    world.bus.settled("tickets-users").await;
    let show = draft(&world.caller(&ana), "  Jazz  ").await;
    assert_eq!(show.title, "Jazz");
    assert_eq!(show.status, ShowStatus::Draft);
    assert_eq!(show.organiser.name, "Ana");
    assert_eq!((show.version, show.hold_seconds), (1, 900));
    assert_eq!(show.doors_at, show.starts_at - TimeDelta::hours(1));
    assert_eq!(show.refund_until, show.starts_at);

    let path = format!("/api/shows/{}", show.id);
    let seen: ShowView = world.caller(&ana).get(&path).await.expect(200).read();
    assert_eq!(seen, show);
    world.caller(&bob).get(&path).await.problem(ProblemCode::NotFound);
    world.anybody().get(&path).await.problem(ProblemCode::NotFound);
    world.anybody().get(&format!("{path}/availability")).await.problem(ProblemCode::NotFound);
    world.anybody().get("/api/shows/no-id").await.problem(ProblemCode::NotFound);
    for fact in [ShowFact::Published, ShowFact::Changed] {
        assert!(world.bus.all::<Show>(fact).is_empty());
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_field_by_field() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let cases = [
        ("/starts_at", json!("2020-01-01T00:00:00Z"), "starts_at"),
        ("/starts_at", json!("2099-01-01T00:00:00Z"), "starts_at"),
        ("/venue/timezone", json!("Mars/Olympus"), "venue.timezone"),
        ("/venue/country", json!("gb"), "venue.country"),
        ("/refund_until", json!("-005000-01-01T00:00:00Z"), "refund_until"),
        ("/title", json!(" "), "title"),
        ("/title", json!("a\u{0}b"), "title"),
        ("/category", json!("opera"), "category"),
    ];
    for (pointer, value, field) in cases {
        let mut body = show_body("Jazz");
        body["refund_until"] = json!(null);
        *body.pointer_mut(pointer).unwrap() = value;
        let problem = ana.post("/api/shows", &body).await.problem(ProblemCode::Invalid);
        assert_eq!(fields(&problem), [field], "{problem}");
    }
    for hold_seconds in [1, 3601] {
        let mut body = show_body("Jazz");
        body["hold_seconds"] = json!(hold_seconds);
        let problem = ana.post("/api/shows", &body).await.problem(ProblemCode::Invalid);
        assert_eq!(fields(&problem), ["hold_seconds"]);
    }
    let mut body = show_body("Jazz");
    body["refund_until"] = json!(in_days(31));
    body["doors_at"] = json!(in_days(1));
    let problem = ana.post("/api/shows", &body).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&problem), ["doors_at", "refund_until"]);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_also_at_the_same_time() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let body = show_body("Jazz");
    let attempts = (0..8).map(|_| ana.post_with_key("/api/shows", &body, "key-1"));
    let answers = futures::future::join_all(attempts).await;
    let shows: Vec<ShowView> = answers.into_iter().map(|answer| answer.expect(201).read()).collect();
    assert!(shows.windows(2).all(|pair| pair[0] == pair[1]));
    let (count,): (i64,) = sqlx::query_as("SELECT count(*) FROM shows").fetch_one(&world.pool).await.unwrap();
    assert_eq!(count, 1);

    let other = show_body("Blues");
    ana.post_with_key("/api/shows", &other, "key-1").await.problem(ProblemCode::IdempotencyKeyReused);
    let bobs: ShowView = bob.post_with_key("/api/shows", &other, "key-1").await.expect(201).read();
    assert_ne!(bobs.id, shows[0].id);
    ana.post_with_key("/api/shows", &body, " ").await.problem(ProblemCode::IdempotencyKeyInvalid);

    // A refused request leaves its key unused.
    let mut bad = show_body("Jazz");
    bad["venue"]["timezone"] = json!("Mars/Olympus");
    ana.post_with_key("/api/shows", &bad, "key-2").await.problem(ProblemCode::Invalid);
    ana.post_with_key("/api/shows", &body, "key-2").await.expect(201).read::<ShowView>();
}
