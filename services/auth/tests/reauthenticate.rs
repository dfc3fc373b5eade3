//! Proving anew who one is, before what is sensitive.

use crate::{
    audience::{Browser, PASSWORD},
    second_factor::{App, world},
};
use chrono::TimeDelta;
use contracts::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, World};

async fn prove(world: &World, who: &Browser, proof: &Value) -> Answer {
    who.send(world, Method::POST, "/api/auth/reauthenticate", proof).await
}

/// What is sensitive, with and without an app that is there.
const SENSITIVE: [(Method, &str); 4] = [
    (Method::POST, "/api/auth/totp"),
    (Method::GET, "/api/auth/totp"),
    (Method::DELETE, "/api/auth/totp"),
    (Method::POST, "/api/auth/recovery-codes"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sensitive_is_done_for_ten_minutes_after_a_proof() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let elsewhere = ana.sign_in(&world).await;
    clock.set(clock.now() + TimeDelta::minutes(10));
    for (method, path) in SENSITIVE {
        let refused = ana.send(&world, method, path, &json!({})).await;
        refused.problem(ProblemCode::ReauthenticationRequired);
    }
    let confirm = ana.send(&world, Method::PUT, "/api/auth/totp", &json!({ "code": "123456" })).await;
    confirm.problem(ProblemCode::ReauthenticationRequired);
    let wrong = prove(&world, &ana, &json!({ "password": "not the right password" })).await;
    assert_eq!(wrong.problem(ProblemCode::Invalid)["errors"][0]["field"], "password");
    _ = prove(&world, &ana, &json!({ "password": PASSWORD })).await.expect(204);
    _ = ana.send(&world, Method::POST, "/api/auth/totp", &json!({})).await.expect(200);
    let other = elsewhere.send(&world, Method::POST, "/api/auth/totp", &json!({})).await;
    other.problem(ProblemCode::ReauthenticationRequired);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_second_factor_proves_both() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    clock.set(clock.now() + TimeDelta::minutes(10));
    for missing in [json!({ "password": PASSWORD }), json!({ "password": PASSWORD, "code": "000000" })] {
        let refused = prove(&world, &ana, &missing).await.problem(ProblemCode::Invalid);
        assert_eq!(refused["errors"][0]["field"], "code");
    }
    _ = prove(&world, &ana, &json!({ "password": PASSWORD, "code": app.code(0) })).await.expect(204);
    let again = prove(&world, &ana, &json!({ "password": PASSWORD, "code": app.code(0) })).await;
    again.problem(ProblemCode::Invalid);
    _ = ana.send(&world, Method::DELETE, "/api/auth/totp", &json!({})).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_given_before_the_first_second_factor_cannot_remove_it() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let thief = ana.sign_in(&world).await;
    let proven =
        async || thief.get(&world, "/api/auth/second-factors").await.json["proven_until"].is_string();
    assert!(proven().await);
    let app = App::add(&world, &clock, &ana).await;
    for (method, path) in [(Method::DELETE, "/api/auth/totp"), (Method::POST, "/api/auth/recovery-codes")] {
        thief.send(&world, method, path, &json!({})).await.problem(ProblemCode::ReauthenticationRequired);
    }
    assert!(!proven().await);
    let both = json!({ "password": PASSWORD, "code": app.code(1) });
    _ = prove(&world, &thief, &both).await.expect(204);
    assert!(proven().await, "whoever shows both is no thief");
    _ = thief.send(&world, Method::DELETE, "/api/auth/totp", &json!({})).await.expect(204);
}
