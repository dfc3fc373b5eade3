//! Answers that the ingress gives itself: problems, error pages, and its own state.

use std::time::{Duration, Instant};

use bytes::Bytes;
use contracts::{Problem, ProblemCode};
use http::{Method, StatusCode, header};
use pingora::Result;
use pingora::http::ResponseHeader;
use pingora::proxy::Session;

use crate::config::Origin;
use crate::exchange::Exchange;
use crate::hygiene;
use crate::routes;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const HTML: &str = "text/html; charset=utf-8";
pub(crate) const METRICS: &str = "text/plain; version=0.0.4";

const ERROR_PAGE: &str = include_str!("../assets/error.html");
/// The page's own style and nothing else; a test keeps the hash right.
const ERROR_PAGE_POLICY: &str = "default-src 'none'; \
    style-src 'sha256-5nCpXiT3huufgtHn+pUR6/KRMwJxqyOomsugSTLL2JA='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// When to come back after something failed.
const RETRY_SOON: Duration = Duration::from_secs(1);
/// How much of an unwanted body is read, and for how long, so that the client gets to see our answer
/// instead of a reset connection.
const MAX_DRAINED_BYTES: usize = 4 * 1024 * 1024;
const MAX_DRAIN: Duration = Duration::from_secs(1);

/// An answer of our own.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    content_type: &'static str,
    policy: Option<&'static str>,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
    body: Bytes,
}

/// Why the ingress does not pass a request on, or could not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    NotFound,
    MethodNotAllowed,
    TooSlow,
    BodyTooLarge,
    HeadersTooLarge,
    TooOften(Duration),
    Internal,
    BadGateway,
    Unavailable,
    GatewayTimeout,
}

impl Refusal {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::GatewayTimeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    const fn code(self) -> ProblemCode {
        match self {
            Self::Malformed | Self::TooSlow => ProblemCode::Malformed,
            Self::NotFound => ProblemCode::NotFound,
            Self::MethodNotAllowed => ProblemCode::MethodNotAllowed,
            Self::BodyTooLarge | Self::HeadersTooLarge => ProblemCode::TooLarge,
            Self::TooOften(_) => ProblemCode::RateLimited,
            Self::Internal => ProblemCode::Internal,
            Self::BadGateway | Self::Unavailable | Self::GatewayTimeout => ProblemCode::Unavailable,
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Malformed => "The request is not one that this server understands.",
            Self::NotFound => "There is nothing at this address.",
            Self::MethodNotAllowed => "This method is not served.",
            Self::TooSlow => "The request took too long to arrive.",
            Self::BodyTooLarge => "What was sent is larger than this server accepts.",
            Self::HeadersTooLarge => "The headers are larger than this server accepts.",
            Self::TooOften(_) => "Too many requests came from your address. Wait a moment and try again.",
            Self::Internal => "Something broke on our side.",
            Self::BadGateway | Self::Unavailable => {
                "This part is not answering right now. Try again in a moment."
            }
            Self::GatewayTimeout => "This part is taking too long to answer. Try again in a moment.",
        }
    }

    const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::TooOften(wait) => Some(wait),
            Self::BadGateway | Self::Unavailable | Self::GatewayTimeout => Some(RETRY_SOON),
            Self::Malformed
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooSlow
            | Self::BodyTooLarge
            | Self::HeadersTooLarge
            | Self::Internal => None,
        }
    }

    /// A problem for programs, a page for people.
    pub(crate) fn answer(self, exchange: &Exchange) -> Answer {
        let (content_type, policy, body) = if routes::is_under(&exchange.path, "/api") {
            (PROBLEM, None, self.problem(&exchange.request_id))
        } else {
            (HTML, Some(ERROR_PAGE_POLICY), self.page(&exchange.request_id).into())
        };
        let allow = (self == Self::MethodNotAllowed).then_some("GET, HEAD");
        Answer { status: self.status(), content_type, policy, retry_after: self.retry_after(), allow, body }
    }

    fn problem(self, request_id: &str) -> Bytes {
        let problem = Problem {
            status: self.status().as_u16(),
            request_id: Some(request_id.to_owned()),
            ..Problem::new(self.code()).detail(self.detail())
        };
        // A struct of strings and numbers always serialises; an empty body would still carry the status.
        serde_json::to_vec(&problem).unwrap_or_default().into()
    }

    fn page(self, request_id: &str) -> String {
        let title = match self {
            Self::NotFound => "This page does not exist",
            Self::TooOften(_) => "That was too fast",
            Self::BadGateway | Self::Unavailable | Self::GatewayTimeout => "We will be right back",
            _ => self.code().title(),
        };
        ERROR_PAGE
            .replace("{status}", self.status().as_str())
            .replace("{title}", title)
            .replace("{detail}", self.detail())
            .replace("{request_id}", request_id)
    }
}

impl Answer {
    /// A file that never changes while we run.
    pub(crate) const fn file(content_type: &'static str, body: &'static str) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            policy: None,
            retry_after: None,
            allow: None,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    pub(crate) fn text(content_type: &'static str, body: String) -> Self {
        Self { body: body.into(), ..Self::file(content_type, "") }
    }

    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::text(JSON, value.to_string())
    }

    /// With a Content-Security-Policy.
    pub(crate) const fn policy(mut self, policy: &'static str) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Writes the answer to the client.
    pub(crate) async fn send(
        self,
        session: &mut Session,
        exchange: &Exchange,
        origin: &Origin,
    ) -> Result<()> {
        let header = self.header(exchange, origin)?;
        let body = (exchange.method != Method::HEAD).then_some(self.body);
        session.write_response_header(Box::new(header), body.is_none()).await?;
        if body.is_some() {
            session.write_response_body(body, true).await?;
        }
        drain(session).await;
        Ok(())
    }

    fn header(&self, exchange: &Exchange, origin: &Origin) -> Result<ResponseHeader> {
        let mut header = ResponseHeader::build(self.status, Some(12))?;
        header.insert_header(header::CONTENT_TYPE, self.content_type)?;
        header.insert_header(header::CONTENT_LENGTH, self.body.len())?;
        header.insert_header(header::CACHE_CONTROL, "no-store")?;
        header.insert_header(header::REFERRER_POLICY, "no-referrer")?;
        if let Some(policy) = self.policy {
            header.insert_header(header::CONTENT_SECURITY_POLICY, policy)?;
        }
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            header.insert_header(header::RETRY_AFTER, seconds.max(1))?;
        }
        if let Some(allow) = self.allow {
            header.insert_header(header::ALLOW, allow)?;
        }
        hygiene::clean_response(&mut header, &exchange.path, &exchange.request_id, origin)?;
        Ok(header)
    }
}

async fn drain(session: &mut Session) {
    let deadline = Instant::now() + MAX_DRAIN;
    let mut read = 0;
    while read < MAX_DRAINED_BYTES && !session.is_body_done() {
        let left = deadline.saturating_duration_since(Instant::now());
        match tokio::time::timeout(left, session.read_request_body()).await {
            Ok(Ok(Some(part))) => read += part.len(),
            // The body ended, the connection did, or it takes too long: the answer is on its way anyhow.
            Ok(Ok(None) | Err(_)) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::exchange::Open;

    fn exchange(path: &str) -> Exchange {
        let mut exchange = Exchange::new(&Open::default());
        path.clone_into(&mut exchange.path);
        "id".clone_into(&mut exchange.request_id);
        exchange
    }

    #[test]
    fn the_policy_allows_exactly_the_pages_style() {
        let style = ERROR_PAGE.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
        assert!(ERROR_PAGE_POLICY.contains(&format!("'sha256-{hash}'")), "the hash is now sha256-{hash}");
    }

    #[test]
    fn programs_get_a_problem_and_people_a_page() {
        let answer = Refusal::GatewayTimeout.answer(&exchange("/api/orders"));
        let problem: Problem = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((problem.status, problem.code), (504, ProblemCode::Unavailable));
        assert_eq!(problem.request_id.as_deref(), Some("id"));
        let page = Refusal::NotFound.answer(&exchange("/nope"));
        assert_eq!(page.content_type, HTML);
        let html = std::str::from_utf8(&page.body).unwrap();
        for placeholder in ["{status}", "{title}", "{detail}", "{request_id}"] {
            assert!(!html.contains(placeholder), "{placeholder}");
        }
    }

    #[test]
    fn waiting_times_are_rounded_up() {
        let origin = Origin { scheme: crate::config::Scheme::Http, host: "h".to_owned() };
        let exchange = exchange("/api/x");
        let answer = Refusal::TooOften(Duration::from_millis(1_200)).answer(&exchange);
        assert_eq!(answer.header(&exchange, &origin).unwrap().headers.get("retry-after").unwrap(), "2");
    }
}
