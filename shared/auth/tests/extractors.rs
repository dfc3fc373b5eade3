//! What a caller is told, over HTTP.

use crate::bus::{Bus, ORIGIN, ban, ready, user, within};
use auth::{Admin, Authority, Caller, MaybeCaller};
use axum::{
    Router,
    body::Body,
    extract::FromRef,
    routing::{get, post},
};
use http::{Request, Response, StatusCode};
use std::time::Duration;
use tower::ServiceExt;

#[derive(Clone)]
struct State(Authority);

impl FromRef<State> for Authority {
    fn from_ref(state: &State) -> Self {
        state.0.clone()
    }
}

fn app(authority: &Authority) -> Router {
    Router::new()
        .route("/write", post(async |caller: Caller| caller.user.to_string()))
        .route("/admin", get(async |_: Admin| "admin"))
        .route("/maybe", get(async |MaybeCaller(caller)| caller.map_or("nobody", |_| "somebody")))
        .merge(auth::whoami::router("orders"))
        .with_state(State(authority.clone()))
}

async fn send(authority: &Authority, method: &str, path: &str, headers: &[(&str, String)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    app(authority).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn code(response: &Response<Body>) -> &str {
    response.headers().get("x-problem-code").map_or("", |code| code.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_extracted_or_refused_with_a_problem() {
    let bus = Bus::start().await;
    let authority = bus.authority().await;
    let person = user();
    let token = bus.token(person, 1);
    let bearer = [("authorization", format!("Bearer {token}"))];

    let response = send(&authority, "GET", "/api/orders/whoami", &bearer).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));

    bus.open().await;
    ready(&authority).await;
    let response = send(&authority, "GET", "/api/orders/whoami", &[]).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let response = send(&authority, "GET", "/api/orders/whoami", &bearer).await;
    assert_eq!(response.status(), StatusCode::OK);
    let response = send(&authority, "GET", "/admin", &bearer).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::FORBIDDEN, "forbidden"));
    let garbage = [("authorization", "Bearer x.y.z".to_owned())];
    let response = send(&authority, "GET", "/api/orders/whoami", &garbage).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::UNAUTHORIZED, "token_invalid"));
    let response = send(&authority, "GET", "/maybe", &garbage).await;
    assert_eq!(response.status(), StatusCode::OK);

    let cookie = ("cookie", format!("theme=dark; access={token}"));
    let response = send(&authority, "GET", "/api/orders/whoami", std::slice::from_ref(&cookie)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let response = send(&authority, "POST", "/write", std::slice::from_ref(&cookie)).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::FORBIDDEN, "cross_site"));
    let response = send(&authority, "POST", "/write", &[cookie, ("origin", ORIGIN.to_owned())]).await;
    assert_eq!(response.status(), StatusCode::OK);

    bus.revoke(&ban(person, 2)).await;
    within(Duration::from_secs(1), "the ban", || authority.check(&token).is_err()).await;
    let response = send(&authority, "GET", "/api/orders/whoami", &bearer).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::FORBIDDEN, "account_suspended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_lease_identities_wait_and_public_pages_go_on() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let bearer = [("authorization", format!("Bearer {}", bus.token(user(), 1)))];
    bus.signal("STOP");
    within(Duration::from_secs(3), "blindness", || authority.lease_left().is_none()).await;
    let response = send(&authority, "GET", "/api/orders/whoami", &bearer).await;
    assert_eq!((response.status(), code(&response)), (StatusCode::SERVICE_UNAVAILABLE, "revocations_stale"));
    assert_eq!(response.headers()["retry-after"], "1");
    let response = send(&authority, "GET", "/maybe", &bearer).await;
    assert_eq!(response.status(), StatusCode::OK);
    bus.signal("CONT");
}
