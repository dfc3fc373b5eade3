//! The layers around every service's routes, outermost first: request id, span, metrics, panics, limits.

use crate::{ProblemResponse, problem::name_request};
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderValue, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use contracts::ProblemCode;
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
    routes
        .fallback(async || ProblemResponse::from(ProblemCode::NotFound))
        .method_not_allowed_fallback(async || ProblemResponse::from(ProblemCode::MethodNotAllowed))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(name_request))
        .layer(middleware::from_fn(observe))
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
        let labels = [("route", route), ("method", method.to_string()), ("status", status.to_string())];
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
