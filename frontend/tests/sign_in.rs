//! Signing in and up, by form.

use crate::support::{Pages, problem, signed_in};
use axum::{Json, Router, http::header::SET_COOKIE, response::AppendHeaders, routing::post};
use contracts::ProblemCode;
use http::StatusCode;

fn accepting() -> Router {
    let cookies =
        AppendHeaders([(SET_COOKIE, "__Host-access=a; Path=/"), (SET_COOKIE, "__Host-refresh=r; Path=/")]);
    Router::new().route("/api/auth/signin", post(async move || (cookies, Json(signed_in()))))
}

fn refusing(code: ProblemCode) -> Router {
    Router::new()
        .route("/api/auth/signin", post(async move || problem(code)))
        .route("/api/auth/signup", post(async move || problem(code)))
}

const FORM: &str = "form=sign-in&email=ana%40example.com&password=correct+horse+battery";

#[tokio::test]
async fn signing_in_sets_the_cookies_and_goes_back_to_where_one_was() {
    let answer = Pages::with(accepting()).await.post("/signin", &format!("{FORM}&next=/orders")).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/orders"));
    assert_eq!(answer.cookies(), ["__Host-access=a; Path=/", "__Host-refresh=r; Path=/"]);
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_forged_link_leads_nowhere_else() {
    let pages = Pages::with(accepting()).await;
    for next in ["//evil.example", "https://evil.example", "/%5Cevil.example", "/%09/evil.example"] {
        assert_eq!(pages.post("/signin", &format!("{FORM}&next={next}")).await.location(), "/");
    }
}

#[tokio::test]
async fn an_empty_field_is_said_at_the_field_and_the_rest_is_kept() {
    let form = "form=sign-in&email=ana%40example.com&password=&next=/orders";
    let answer = Pages::with(accepting()).await.post("/signin", form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["Error: Sign in", "Enter your password", r#"value="ana@example.com""#, r#"value="/orders""#]
    {
        assert!(answer.html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_not_shown_again() {
    let answer = Pages::with(refusing(ProblemCode::WrongCredentials)).await.post("/signin", FORM).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("do not match") && !answer.html.contains("correct horse"));
}

#[tokio::test]
async fn a_suspended_account_is_told_why() {
    let answer = Pages::with(refusing(ProblemCode::AccountSuspended)).await.post("/signin", FORM).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.html.contains("your account is suspended") && answer.html.contains("Because."));
}

#[tokio::test]
async fn a_taken_address_is_said_at_the_address() {
    let form = "form=sign-up&name=Ana&email=ana%40example.com&password=several+words+in+a+row";
    let answer = Pages::with(refusing(ProblemCode::EmailTaken)).await.post("/signup", form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains(r#"id="sign-up-email-error""#));
}

#[tokio::test]
async fn when_auth_is_down_nothing_is_lost() {
    let answer = Pages::with(refusing(ProblemCode::Unavailable))
        .await
        .post("/signin", &format!("{FORM}&idempotency_key=0123456789"))
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.html.contains("did not answer") && answer.html.contains(r#"value="0123456789""#));
}
