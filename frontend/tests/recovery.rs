//! Pages to which links in mail lead, and the forms that ask for them.

use crate::support::{Pages, problem};
use axum::{Json, Router, http::HeaderMap, routing::post};
use contracts::ProblemCode;
use http::StatusCode;
use serde_json::{Value, json};

const TOKEN: &str = "0123456789-abcdefghijklmnopqrstuvwxyz_ABCDE";

fn auth(answer: StatusCode) -> Router {
    Router::new()
        .route("/api/auth/password/forgot", post(async move || answer))
        .route("/api/auth/password/reset", post(async move || answer))
        .route("/api/auth/sessions/disown", post(async move || answer))
}

fn refusing(code: ProblemCode) -> Router {
    Router::new()
        .route("/api/auth/password/reset", post(async move || problem(code)))
        .route("/api/auth/email/confirm", post(async move || problem(code)))
}

#[tokio::test]
async fn the_address_that_was_asked_for_stands_in_no_url() {
    let pages = Pages::with(auth(StatusCode::ACCEPTED)).await;
    let answer = pages.post("/forgot-password", "form=forgot-password&email=ana%40example.com").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/forgot-password?done=sent"));
}

#[tokio::test]
async fn the_secret_of_a_link_goes_neither_into_referrers_nor_caches_nor_other_links() {
    let pages = Pages::with(auth(StatusCode::NO_CONTENT)).await;
    for path in ["/reset-password", "/confirm-email", "/not-me"] {
        let answer = pages.get(&format!("{path}?token={TOKEN}"), "").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["referrer-policy"], "strict-origin", "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        let hidden = format!(r#"<input type="hidden" name="token" value="{TOKEN}""#);
        assert_eq!(answer.html.matches(TOKEN).count(), answer.html.matches(&hidden).count(), "{path}");
        assert_eq!(answer.html.matches(&hidden).count(), 1, "{path}");
    }
    let other = pages.get("/forgot-password", "").await;
    assert_eq!(other.headers["referrer-policy"], "strict-origin-when-cross-origin");
}

#[tokio::test]
async fn a_new_password_signs_this_browser_out_too() {
    let pages = Pages::with(auth(StatusCode::NO_CONTENT)).await;
    let form = format!("form=reset-password&token={TOKEN}&new=seven+lamps+in+a+violet+harbour");
    let answer = pages.post(&format!("/reset-password?token={TOKEN}"), &form).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/signin?done=password"));
    assert_eq!(answer.cookies().len(), 2);
    assert!(answer.cookies().iter().all(|cookie| cookie.contains("Max-Age=0")));
    let page = pages.get("/signin?done=password", "").await;
    assert!(page.html.contains("Your password is set"));
}

#[tokio::test]
async fn a_link_that_works_no_more_is_said_at_the_form() {
    let pages = Pages::with(refusing(ProblemCode::LinkInvalid)).await;
    let form = format!("form=reset-password&token={TOKEN}&new=seven+lamps+in+a+violet+harbour");
    for (path, form) in
        [("/reset-password", form), ("/confirm-email", format!("form=confirm-email&token={TOKEN}"))]
    {
        let answer = pages.post(&format!("{path}?token={TOKEN}"), &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.html.contains("used before, or has run out"), "{path}");
        assert!(!answer.html.contains("seven lamps"));
    }
}

#[tokio::test]
async fn a_page_without_its_secret_asks_for_the_link() {
    let pages = Pages::with(auth(StatusCode::NO_CONTENT)).await;
    for path in ["/reset-password", "/confirm-email", "/not-me", "/reset-password?token=%3Cscript%3E%20"] {
        let answer = pages.get(path, "").await;
        assert!(answer.html.contains("Open the link from your mail"), "{path}");
    }
}

#[tokio::test]
async fn signing_in_says_by_what_the_browser_is_known() {
    let seen = async |headers: HeaderMap| {
        let cookie = headers.get("cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
        let code =
            if cookie == "__Host-browser=known" { ProblemCode::RateLimited } else { ProblemCode::Internal };
        problem(code)
    };
    let pages = Pages::with(Router::new().route("/api/auth/signin", post(seen))).await;
    let cookies = "__Host-browser=known; __Host-other=x";
    let form = "form=sign-in&email=ana%40example.com&password=correct+horse+battery";
    let answer = pages.post_as("/signin", cookies, form).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn following_a_link_needs_nobody_to_be_signed_in() {
    let confirmed = async |Json(body): Json<Value>| {
        assert_eq!(body["token"], TOKEN);
        Json(json!({ "email": "ana@example.com" }))
    };
    let pages = Pages::with(Router::new().route("/api/auth/email/confirm", post(confirmed))).await;
    let answer = pages.post("/confirm-email", &format!("form=confirm-email&token={TOKEN}")).await;
    assert_eq!(answer.location(), "/confirm-email?done=confirmed");
    let answer = Pages::with(auth(StatusCode::NO_CONTENT)).await;
    let answer = answer.post("/not-me", &format!("form=disown-session&token={TOKEN}")).await;
    assert_eq!(answer.location(), "/forgot-password?done=disowned");
}
