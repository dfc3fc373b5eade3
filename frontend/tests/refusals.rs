//! Forms that are not done: what is said, with which status, and what is kept.

use crate::support::{Pages, problem, token};
use axum::{
    Json, Router,
    response::AppendHeaders,
    routing::{get, post},
};
use contracts::ProblemCode;
use http::{StatusCode, header};
use serde_json::json;

const SHOW: &str = "0198f3a0-0000-7000-8000-0000000000aa";
const USER: &str = "0198f3a0-0000-7000-8000-000000000001";
const FORM: &str = "form=new-show&idempotency_key=0123456789&title=Night+Ferry&description=Strings&category=music\
    &date=2030-11-20&time=19%3A30&hold_minutes=15&venue.name=Harbour&venue.address=Quay+1&venue.city=Bristol\
    &venue.country=GB&venue.timezone=Europe%2FLondon";

fn cookies() -> String {
    format!("__Host-access={}", token(900, "user"))
}

async fn refused(code: ProblemCode) -> crate::support::Answer {
    let refuse = post(async move || (AppendHeaders([(header::RETRY_AFTER, "7")]), problem(code)));
    let services = Router::new().route("/api/shows", refuse);
    Pages::with(services).await.post_as("/sell/shows/new", &cookies(), FORM).await
}

#[tokio::test]
async fn what_may_work_in_a_moment_says_when_with_its_own_status() {
    for (code, status) in [
        (ProblemCode::RateLimited, StatusCode::TOO_MANY_REQUESTS),
        (ProblemCode::RevocationsStale, StatusCode::SERVICE_UNAVAILABLE),
        (ProblemCode::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let answer = refused(code).await;
        assert_eq!(answer.status, status, "{code}");
        assert_eq!(answer.headers[header::RETRY_AFTER], "7", "{code}");
        assert!(answer.html.contains(r#"value="Night Ferry""#), "{code}");
    }
}

#[tokio::test]
async fn a_form_that_was_changed_after_it_had_arrived_can_be_sent_anew() {
    let answer = refused(ProblemCode::IdempotencyKeyReused).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("This form was received before, with other values"));
    assert!(answer.html.contains(r#"value="Night Ferry""#) && !answer.html.contains("0123456789"));
}

#[tokio::test]
async fn what_was_entered_survives_a_page_that_cannot_be_shown() {
    let down = async || problem(ProblemCode::Unavailable);
    let services = Router::new().route("/api/shows/{id}", get(down).patch(down));
    let form = FORM.replace("new-show", "save");
    let answer = Pages::with(services).await.post_as(&format!("/sell/shows/{SHOW}"), &cookies(), &form).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.html.contains("http-equiv"), "a refresh would drop it");
    for part in
        [r#"name="form" value="save""#, r#"name="title" value="Night Ferry""#, "0123456789", "Try again"]
    {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn the_scanner_keeps_its_field_whatever_was_wrong() {
    let show = json!({
        "id": SHOW, "organiser": { "id": USER, "name": "Ana" }, "title": "Night Ferry", "description": "",
        "category": "music", "starts_at": "2030-11-20T19:30:00Z", "doors_at": "2030-11-20T18:30:00Z",
        "refund_until": "2030-11-20T19:30:00Z", "status": "published", "hold_seconds": 900, "version": 7,
        "venue": {
            "name": "Harbour Rooms", "address": "12 Quay Street", "city": "Bristol", "country": "GB",
            "timezone": "Europe/London"
        },
        "listings": []
    });
    let services = Router::new()
        .route("/api/shows/{id}", get(async move || Json(show)))
        .route("/api/shows/{id}/check-ins", post(async || problem(ProblemCode::Unavailable)));
    let pages = Pages::with(services).await;
    for (form, status) in [
        ("form=check-in&code=", StatusCode::UNPROCESSABLE_ENTITY),
        ("form=check-in&code=ABC", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let answer = pages.post_as(&format!("/sell/shows/{SHOW}/door"), &cookies(), form).await;
        assert_eq!(answer.status, status, "{form}");
        let focused: Vec<_> = answer.html.split('<').filter(|tag| tag.contains("autofocus")).collect();
        assert!(matches!(focused[..], [field] if field.contains("check-in-code")), "{form}: {focused:?}");
    }
}
