//! `POST /api/auth/signin`, `signout`, `PUT /api/auth/password`

use crate::audience::{Browser, PASSWORD, cookie, world};
use contracts::ProblemCode;
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::{caller::answer, world::ORIGIN};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_gets_the_same_answer_and_takes_as_long() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let mut answers = Vec::new();
    for email in [ana.email.as_str(), "nobody@example.com"] {
        let body = json!({ "email": email, "password": "not the right password" });
        let mut fastest = Duration::MAX;
        for _ in 0..5 {
            let begun = Instant::now();
            let problem = world.anybody().post("/api/auth/signin", &body).await;
            fastest = fastest.min(begun.elapsed());
            let mut problem = problem.problem(ProblemCode::WrongCredentials);
            problem["request_id"] = json!(null);
            answers.push(problem);
        }
        assert!(fastest > Duration::from_millis(5), "a hash is compared: {fastest:?}");
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    ana.sign_in(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_everywhere() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let answer = ana.send(&world, Method::POST, "/api/auth/signout", &json!({})).await.expect(204);
    assert_eq!(cookie(&answer, "access"), "");
    testkit::eventually("the session is refused", || async {
        let answer = ana.get(&world, "/api/auth/whoami").await;
        (answer.json["code"] == "session_revoked").then_some(())
    })
    .await;
    ana.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    let session = ana.get(&world, "/api/auth/session").await.expect(200);
    assert!(session.json["user"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_works_with_the_refresh_cookie_alone_from_our_own_pages() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let request = || {
        let request = world.anybody().request(Method::POST, "/api/auth/signout");
        request.header("cookie", format!("refresh={}", ana.refresh))
    };
    answer(request()).await.problem(ProblemCode::CrossSite);
    answer(request().header("origin", "https://evil.example")).await.problem(ProblemCode::CrossSite);
    _ = answer(request().header("origin", ORIGIN)).await.expect(204);
    ana.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions_only() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let other = ana.sign_in(&world).await;
    let new = "seven lamps in a violet harbour";
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong = ana.send(&world, Method::PUT, "/api/auth/password", &change("wrong", new)).await;
    assert_eq!(wrong.problem(ProblemCode::Invalid)["errors"][0]["field"], "current");
    _ = ana.send(&world, Method::PUT, "/api/auth/password", &change(PASSWORD, new)).await.expect(204);
    testkit::eventually("the other session is refused", || async {
        (other.get(&world, "/api/auth/whoami").await.status == 401).then_some(())
    })
    .await;
    _ = ana.get(&world, "/api/auth/whoami").await.expect(200);
    _ = ana.refreshes(&world).await.expect(200);
    let body = json!({ "email": ana.email, "password": PASSWORD });
    world.anybody().post("/api/auth/signin", &body).await.problem(ProblemCode::WrongCredentials);
}
