//! Refuses forms that other sites send.
//!
//! `SameSite=Lax` is not enough: a page on another port of the same host is same-site.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};

/// Lets reads pass, and writes from our own pages.
pub(super) async fn same_origin(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_ours(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "a cross-site request was refused");
    (StatusCode::FORBIDDEN, "Requests from other sites are refused.\n").into_response()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        // Not a browser: every browser names the origin of a write.
        (None, _) => true,
        // "null" has no "://".
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, origin)| origin == host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_ours(&pairs.collect())
    }

    #[test]
    fn only_our_own_pages_may_write() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]));
        assert!(ours(&[("host", "localhost:3000")]));
        assert!(!ours(&[("sec-fetch-site", "same-site"), ("origin", "http://localhost:3000")]));
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("origin", "http://localhost:4000"), ("host", "localhost:3000")]));
        assert!(!ours(&[("origin", "null"), ("host", "localhost:3000")]));
    }
}
