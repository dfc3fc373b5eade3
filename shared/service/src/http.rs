//! The layers around every service's routes, outermost first: request id, span, metrics, panics, limits.

use crate::{ProblemResponse, problem::name_request, whole_body};
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use contracts::{Problem, ProblemCode};
use opentelemetry::propagation::Extractor;
use std::{any::Any, time::Duration, time::Instant};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// How long a request may take until its answer begins.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// The largest body, in bytes.
pub const BODY_LIMIT_BYTES: usize = 1024 * 1024;

/// Wraps a service's routes.
pub fn layers(routes: Router) -> Router {
    within(REQUEST_TIMEOUT, routes)
}

fn within(timeout: Duration, routes: Router) -> Router {
    routes
        .fallback(async || ProblemResponse::from(ProblemCode::NotFound))
        .method_not_allowed_fallback(async || ProblemResponse::from(ProblemCode::MethodNotAllowed))
        .layer(middleware::from_fn(whole_body::read))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, timeout))
        .layer(middleware::map_response(refuse))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(name_request))
        .layer(middleware::from_fn(observe))
}

/// The layers of limits answer in plain text or not at all; callers are answered with problems.
async fn refuse(response: Response) -> Response {
    let code = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
        StatusCode::GATEWAY_TIMEOUT => ProblemCode::Unavailable,
        _ => return response,
    };
    if response.extensions().get::<Problem>().is_some() {
        return response;
    }
    ProblemResponse::from(code).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(panic = message, "a request panicked");
    ProblemResponse::from(ProblemCode::Internal).into_response()
}

/// One span and one measurement per request, inside the caller's trace.
async fn observe(mut request: Request, next: Next) -> Response {
    let id = request_id(&mut request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", |path| path.as_str()).to_owned();
    let span = tracing::info_span!("request", %method, route, request_id = id);
    let caller = opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract(&Headers(request.headers()))
    });
    // Fails only where no tracing layer is installed, as in some tests: then there is no trace to join.
    drop(span.set_parent(caller));
    let begun = Instant::now();
    async {
        let mut response = next.run(request).await;
        let seconds = begun.elapsed().as_secs_f64();
        let status = response.status().as_u16();
        let labels =
            [("route", route), ("method", method_label(&method).to_owned()), ("status", status.to_string())];
        metrics::histogram!("http_request_seconds", &labels).record(seconds);
        tracing::debug!(status, duration_ms = seconds * 1000.0, "answered");
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
        response
    }
    .instrument(span)
    .await
}

/// Anybody can invent methods; each would be a series of its own.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The ingress names every request; one that came another way is named here.
fn request_id(request: &mut Request) -> String {
    let given = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    if let Some(id) = given.filter(|id| (1..=64).contains(&id.len())) {
        return id.to_owned();
    }
    let id = uuid::Uuid::now_v7().to_string();
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert("x-request-id", value);
    }
    id
}

struct Headers<'a>(&'a axum::http::HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        body::{Body, Bytes},
        http::header,
        routing::post,
    };
    use tower::ServiceExt;

    const TIMEOUT: Duration = Duration::from_millis(50);

    async fn answer(request: axum::http::request::Builder, body: Body) -> (Response, Problem) {
        let routes = Router::new()
            .route("/slow", post(|| async { tokio::time::sleep(4 * TIMEOUT).await }))
            .route("/body", post(|_: Bytes| async {}));
        let request = request.method(Method::POST).header("x-request-id", "r-1").body(body).unwrap();
        let mut response = within(TIMEOUT, routes).oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(std::mem::take(response.body_mut()), usize::MAX).await.unwrap();
        let problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        (response, problem)
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_a_problem() {
        let size = BODY_LIMIT_BYTES + 1;
        let request = Request::builder().uri("/body").header(header::CONTENT_LENGTH, size);
        let (response, problem) = answer(request, Body::from(vec![0; size])).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!((problem.code, problem.request_id.as_deref()), (ProblemCode::TooLarge, Some("r-1")));
    }

    #[tokio::test]
    async fn a_body_that_hides_its_size_is_a_problem_too() {
        let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![0; 64 * 1024]));
        let chunks = futures::stream::iter((0..20).map(move |_| chunk()));
        let (response, problem) = answer(Request::builder().uri("/body"), Body::from_stream(chunks)).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(problem.code, ProblemCode::TooLarge);
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_problem_that_passes() {
        let (response, problem) = answer(Request::builder().uri("/slow"), Body::empty()).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!((problem.code, problem.request_id.as_deref()), (ProblemCode::Unavailable, Some("r-1")));
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn invented_methods_are_one_series() {
        assert_eq!(method_label(&Method::GET), "GET");
        assert_eq!(method_label(&Method::from_bytes(b"BREW").unwrap()), "other");
    }
}
