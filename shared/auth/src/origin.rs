//! Where a request comes from: unsafe requests that carry a cookie must come from our own pages.

use http::{HeaderMap, Method, header::ORIGIN};

/// Is the request safe, or does the browser say that our own origin made it?
pub(crate) fn is_same_origin(method: &Method, headers: &HeaderMap, public_origin: &str) -> bool {
    if method.is_safe() {
        return true;
    }
    // Browsers set Sec-Fetch-Site themselves; no page can forge it.
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes() == public_origin.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::is_same_origin;
    use http::{HeaderMap, HeaderValue, Method};

    const OURS: &str = "https://tickets.example";

    fn decide(method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        is_same_origin(method, &headers, OURS)
    }

    #[test]
    fn only_our_own_origin_may_write() {
        assert!(decide(&Method::GET, &[("origin", "https://evil.example")]));
        assert!(decide(&Method::POST, &[("sec-fetch-site", "same-origin")]));
        assert!(decide(&Method::POST, &[("origin", OURS)]));
        assert!(!decide(&Method::POST, &[]));
        assert!(!decide(&Method::POST, &[("origin", "https://evil.example")]));
        assert!(!decide(&Method::DELETE, &[("origin", "null")]));
        assert!(!decide(&Method::PUT, &[("sec-fetch-site", "same-site"), ("origin", OURS)]));
        assert!(!decide(&Method::POST, &[("sec-fetch-site", "cross-site"), ("origin", OURS)]));
        assert!(!decide(&Method::POST, &[("origin", "https://tickets.example.evil.example")]));
    }
}
