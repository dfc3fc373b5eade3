//! What every page keeps to.

use crate::support::{Pages, token};
use axum::Router;
use http::{Request, StatusCode, header};

#[tokio::test]
async fn an_unknown_address_has_a_page_of_its_own() {
    let answer = Pages::with(Router::new()).await.get("/nowhere", "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.html.contains("There is no page here"));
}

#[tokio::test]
async fn scripts_run_by_nonce_alone() {
    let answer = Pages::with(Router::new()).await.get("/", "").await;
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let (_, rest) = policy.split_once("'nonce-").unwrap();
    let nonce = rest.split('\'').next().unwrap();
    for script in answer.html.split("<script").skip(1) {
        assert!(script.split('>').next().unwrap().contains(nonce), "a script without the nonce");
    }
    assert!(!answer.html.contains(" style="), "a style attribute");
}

#[tokio::test]
async fn pages_that_need_somebody_send_to_sign_in_and_back() {
    let pages = Pages::with(Router::new()).await;
    for path in
        ["/orders", "/tickets", "/account", "/sell", "/sell/shows/new", "/admin/users", "/admin/system"]
    {
        let answer = pages.get(path, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/signin?next="), "{path}");
    }
}

#[tokio::test]
async fn admin_pages_are_not_for_others() {
    let pages = Pages::with(Router::new()).await;
    let cookies = format!("__Host-access={}", token(900, "user"));
    let id = "0198f3a0-0000-7000-8000-000000000002";
    for path in ["/admin/users", "/admin/audit", "/admin/system", &format!("/admin/users/{id}")] {
        assert_eq!(pages.get(path, &cookies).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let request = Request::post("/signin").header("sec-fetch-site", "same-site").body("form=sign-in".into());
    let answer = Pages::with(Router::new()).await.send(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn posters_are_files_for_ever() {
    let answer = Pages::with(Router::new()).await.get("/posters/evt_nf006.svg", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert!(answer.html.starts_with("<svg"));
}

#[tokio::test]
async fn an_address_that_is_no_id_names_nothing() {
    let cookies = format!("__Host-access={}", token(900, "user"));
    let answer = Pages::with(Router::new()).await.get("/orders/not-an-id", &cookies).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.html.contains("There is no page here"));
}

#[tokio::test]
async fn a_mangled_address_leads_to_the_first_page() {
    use axum::routing::get;
    let malformed = async || crate::support::problem(contracts::ProblemCode::Malformed);
    let services = Router::new().route("/api/orders", get(malformed)).route("/api/tickets", get(malformed));
    let pages = Pages::with(services).await;
    let cookies = format!("__Host-access={}", token(900, "user"));
    for path in ["/orders", "/tickets"] {
        let answer = pages.get(&format!("{path}?cursor=x"), &cookies).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.html.contains("This address is not one of ours"), "{path}");
        assert!(answer.html.contains(&format!(r#"href="{path}""#)), "{path}");
    }
}

#[tokio::test]
async fn what_a_suspension_means_is_told_to_nobody_in_particular() {
    let answer = Pages::with(Router::new()).await.get("/suspended", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.html.contains("When an account is suspended"));
    assert!(!answer.html.contains("You have been signed out"));
}

#[tokio::test]
async fn whoever_opens_the_address_of_signing_out_finds_the_button() {
    let pages = Pages::with(Router::new()).await;
    let cookies = format!("__Host-access={}", token(900, "user"));
    assert!(pages.get("/signout", &cookies).await.html.contains(r#"action="/signout""#));
    assert!(pages.get("/signout", "").await.html.contains("Nobody is signed in here"));
}

#[tokio::test]
async fn what_two_parts_of_a_page_want_to_know_is_asked_for_once() {
    use axum::{Json, routing::get};
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    let (orders, sessions) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let empty = || Json(serde_json::json!({ "items": [], "next_cursor": null }));
    let count = |counter: &Arc<AtomicUsize>| {
        let counter = counter.clone();
        async move || {
            counter.fetch_add(1, Ordering::SeqCst);
            Json(serde_json::json!({
                "items": [], "next_cursor": null, "user": crate::support::signed_in()["user"], "expires_at": null
            }))
        }
    };
    let services = Router::new()
        .route("/api/orders", get(count(&orders)))
        .route("/api/auth/session", get(count(&sessions)))
        .route("/api/auth/sessions", get(async move || empty()))
        .route("/api/tickets", get(async move || empty()));
    let pages = Pages::with(services).await;
    // A session of its own: names are remembered.
    let cookies = format!("__Host-access={}", crate::support::token_of_session(900, uuid::Uuid::now_v7()));
    assert_eq!(pages.get("/account", &cookies).await.status, StatusCode::OK);
    assert_eq!(sessions.load(Ordering::SeqCst), 1);
    orders.store(0, Ordering::SeqCst);
    assert_eq!(pages.get("/tickets", &cookies).await.status, StatusCode::OK);
    assert_eq!(orders.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_service_that_is_down_is_said_and_asked_again() {
    use axum::routing::get;
    let down = get(async || crate::support::problem(contracts::ProblemCode::Unavailable));
    let services = Router::new().route("/api/orders/{id}", down);
    let cookies = format!("__Host-access={}", token(900, "user"));
    let path = "/orders/0198f3a0-0000-7000-8000-000000000001";
    let answer = Pages::with(services).await.get(path, &cookies).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers[header::RETRY_AFTER], "2");
    assert!(answer.html.contains(r#"http-equiv="refresh""#), "{}", answer.html);
}
