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
