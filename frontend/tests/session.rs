//! The session is made fresh before a page is rendered.

use crate::support::{Pages, problem, signed_in, token};
use axum::{
    Json, Router,
    http::header::SET_COOKIE,
    response::AppendHeaders,
    routing::{get, post},
};
use contracts::{Problem, ProblemCode};
use http::StatusCode;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Auth, counting how often it is asked.
fn auth(asked: &Arc<AtomicUsize>) -> Router {
    let asked = asked.clone();
    let refresh = async move || {
        asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let access = format!("__Host-access={}; Path=/", token(900, "user"));
        (
            AppendHeaders([(SET_COOKIE, access), (SET_COOKIE, "__Host-refresh=new; Path=/".to_owned())]),
            Json(signed_in()),
        )
    };
    shop().route("/api/auth/refresh", post(refresh))
}

/// The rest of the services, with nothing in them.
fn shop() -> Router {
    let empty = async || Json(json!({ "items": [], "next_cursor": null }));
    let facets = async || Json(json!({ "cities": [], "categories": [] }));
    Router::new()
        .route("/api/shows", get(empty))
        .route("/api/shows/facets", get(facets))
        .route("/api/orders", get(empty))
}

#[tokio::test]
async fn parallel_requests_of_one_browser_refresh_once_and_all_are_signed_in() {
    let asked = Arc::new(AtomicUsize::new(0));
    let pages = Arc::new(Pages::with(auth(&asked)).await);
    let open = |_| {
        let pages = pages.clone();
        tokio::spawn(async move { pages.get("/orders", "__Host-refresh=old").await })
    };
    for task in (0..10).map(open).collect::<Vec<_>>() {
        let answer = task.await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.cookies().contains(&"__Host-refresh=new; Path=/"));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_fresh_token_is_left_alone_and_an_ending_one_is_renewed() {
    let asked = Arc::new(AtomicUsize::new(0));
    let pages = Pages::with(auth(&asked)).await;
    pages.get("/", &format!("__Host-access={}; __Host-refresh=a", token(900, "user"))).await;
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    pages.get("/", &format!("__Host-access={}; __Host-refresh=a", token(5, "user"))).await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// Auth, and services that accept no token: the key that signed them was retired, while their sessions live.
fn retired(asked: &Arc<AtomicUsize>) -> Router {
    let refused = async || problem(ProblemCode::TokenInvalid);
    auth(asked).route("/api/tickets", get(refused)).route("/api/payments", post(refused))
}

fn only_renews(cookies: &[&str]) -> bool {
    matches!(cookies, [only] if only.starts_with("__Host-access=;") && only.contains("Max-Age=0"))
}

#[tokio::test]
async fn a_token_that_is_refused_before_its_time_is_renewed_once() {
    for left in [600, 895] {
        let asked = Arc::new(AtomicUsize::new(0));
        let pages = Pages::with(retired(&asked)).await;
        let cookies = format!("__Host-access={}; __Host-refresh=old", token(left, "user"));
        let answer = pages.get("/tickets", &cookies).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/tickets"), "{left}");
        assert!(only_renews(&answer.cookies()), "the session stays: {left}");
        // The browser comes again without it, and is given a new one. Were that refused too, it would be the end.
        let answer = pages.get("/tickets", "__Host-refresh=old").await;
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/signin?next=%2Ftickets"));
        assert!(answer.cookies().iter().all(|cookie| cookie.contains("Max-Age=0")), "{left}");
    }
}

#[tokio::test]
async fn a_form_whose_token_is_refused_is_kept_while_another_one_is_asked_for() {
    let asked = Arc::new(AtomicUsize::new(0));
    let pages = Pages::with(retired(&asked)).await;
    let path = "/orders/0198f3a0-0000-7000-8000-000000000001";
    let form = "form=pay&method=pm_card_visa&idempotency_key=abcdefghij";
    let cookies = format!("__Host-access={}; __Host-refresh=old", token(895, "user"));
    let answer = pages.post_as(path, &cookies, form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(only_renews(&answer.cookies()), "the session stays");
    for part in [
        "Send it once more",
        r#"name="form" value="pay""#,
        r#"name="method" value="pm_card_visa""#,
        r#"name="idempotency_key" value="abcdefghij""#,
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
    // Sent again, it comes with a new token. Were that refused too, one would have to sign in.
    let answer = pages.post_as(path, "__Host-refresh=old", form).await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/signin?next=%2Forders"), "{}", answer.location());
}

#[tokio::test]
async fn an_ended_session_is_forgotten() {
    let services =
        Router::new().route("/api/auth/refresh", post(async || problem(ProblemCode::SessionRevoked)));
    let answer = Pages::with(services).await.get("/orders", "__Host-refresh=old").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/signin?next=%2Forders"));
    assert!(
        answer
            .cookies()
            .iter()
            .any(|cookie| cookie.starts_with("__Host-refresh=;") && cookie.contains("Max-Age=0"))
    );
}

#[tokio::test]
async fn while_auth_is_down_public_pages_go_on_and_cookies_stay() {
    let pages = Pages::with(shop()).await;
    let ended = format!("__Host-access={}; __Host-refresh=old", token(-5, "user"));
    for cookies in ["__Host-refresh=old", &ended] {
        let answer = pages.get("/", cookies).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.cookies().is_empty());
        assert!(answer.html.contains("Retrying") && !answer.html.contains("/signin"), "{}", answer.html);
    }
}

#[tokio::test]
async fn while_auth_is_down_nobody_is_sent_to_sign_in() {
    // A service that is asked without a token refuses; that says nothing of the visitor.
    let unknown = post(async || problem(ProblemCode::Unauthenticated));
    let pages = Pages::with(shop().route("/api/payments", unknown)).await;
    let ended = format!("__Host-access={}; __Host-refresh=old", token(-5, "user"));
    let id = "0198f3a0-0000-7000-8000-000000000001";
    for cookies in ["__Host-refresh=old", &ended] {
        let answer = pages.get("/orders", cookies).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers[http::header::RETRY_AFTER], "5");
        assert!(answer.cookies().is_empty() && answer.html.contains(r#"http-equiv="refresh""#));
        let answer = pages.post_as(&format!("/orders/{id}"), cookies, "form=pay&method=pm_card_visa").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.cookies().is_empty());
    }
}

#[tokio::test]
async fn a_token_that_still_works_is_used_while_auth_is_down() {
    let answer = Pages::with(shop())
        .await
        .get("/orders", &format!("__Host-access={}; __Host-refresh=old", token(10, "user")))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_script_that_looks_does_not_use_up_the_reason() {
    let refused = async || problem(ProblemCode::AccountSuspended);
    let services = shop().route("/api/auth/refresh", post(refused)).route("/api/orders/{id}", get(refused));
    let pages = Pages::with(services).await;
    let path = "/orders/0198f3a0-0000-7000-8000-000000000001";
    let working = format!("__Host-access={}; __Host-refresh=old", token(900, "user"));
    for cookies in ["__Host-refresh=old", &working] {
        let look = http::Request::get(path).header("sec-fetch-mode", "cors").header("cookie", cookies);
        let answer = pages.send(look.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.cookies().is_empty(), "{cookies}");
        assert_eq!(pages.get(path, cookies).await.cookies().len(), 2, "{cookies}");
    }
}

#[tokio::test]
async fn whoever_is_suspended_when_the_token_has_ended_learns_why() {
    let refused = || {
        let problem = Problem::new(ProblemCode::AccountSuspended).detail("Stolen cards");
        (StatusCode::FORBIDDEN, Json(problem.fact("until", "2030-12-16T19:32:00Z")))
    };
    let pages = Pages::with(shop().route("/api/auth/refresh", post(async move || refused()))).await;
    let id = "0198f3a0-0000-7000-8000-000000000001";
    let pay = pages.post_as(&format!("/orders/{id}"), "__Host-refresh=c", "form=pay&method=x").await;
    for answer in
        [pages.get("/orders", "__Host-refresh=a").await, pages.get("/", "__Host-refresh=b").await, pay]
    {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.html.contains("your account is suspended"), "{}", answer.html);
        assert!(answer.html.contains("Stolen cards") && answer.html.contains("16 December 2030"));
        assert!(answer.cookies().iter().all(|cookie| cookie.contains("Max-Age=0")));
        assert_eq!(answer.cookies().len(), 2);
    }
}
