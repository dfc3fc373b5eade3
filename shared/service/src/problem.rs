//! Problems as HTTP answers (RFC 9457).

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::{Problem, ProblemCode};

/// Names the code of a problem, so that the ingress need not read bodies.
pub const PROBLEM_CODE: HeaderName = HeaderName::from_static("x-problem-code");
/// How long a client shall wait after a 503 or 429, in seconds.
pub const RETRY_AFTER_SECONDS: u16 = 1;

/// A problem on its way out. Services turn their error enum into it, exhaustively.
#[derive(Debug)]
pub struct ProblemResponse(pub Problem);

impl From<Problem> for ProblemResponse {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<ProblemCode> for ProblemResponse {
    fn from(code: ProblemCode) -> Self {
        Self(Problem::new(code))
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PROBLEM_CODE, HeaderValue::from_static(self.0.code.as_str()));
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        let mut response = (status, headers, Json(&self.0)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.extensions_mut().insert(self.0);
        response
    }
}

/// Logs and answers a failure that is ours: the cause goes to the log, never to the caller.
pub fn internal(error: &dyn std::error::Error) -> Problem {
    let causes: Vec<String> =
        std::iter::successors(error.source(), |cause| cause.source()).map(ToString::to_string).collect();
    tracing::error!(%error, causes = causes.join(": "), "a request failed");
    Problem::new(ProblemCode::Internal)
}

/// Writes the request's id into every problem, whoever made it.
pub(crate) async fn name_request(request: Request, next: Next) -> Response {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let mut response = next.run(request).await;
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    problem.request_id = id;
    let body = Json(&problem).into_response().into_body();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body;
    response
}
