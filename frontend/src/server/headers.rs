//! What every answer tells the browser to refuse.

use super::AppState;
use crate::pages::link::WITH_SECRETS;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, header};
use leptos::nonce::Nonce;

/// The policy of a page: scripts by nonce alone, nothing inline, nothing from elsewhere.
fn page_policy(nonce: &str, reload_port: Option<u32>) -> Option<HeaderValue> {
    let reloader =
        reload_port.map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")).unwrap_or_default();
    HeaderValue::from_str(&format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'{reloader}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ))
    .ok()
}

/// Sets the headers that are the same everywhere, and the policy: a page's, by the nonce that its render finds in the
/// request, or none at all for what is no page and said nothing itself.
pub(super) async fn secure(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    // To ourselves too it sends the origin alone: addresses of these pages are secrets, and referrers get logged.
    let has_secret = WITH_SECRETS.contains(&request.uri().path().trim_end_matches('/'));
    let referrer = if has_secret { "strict-origin" } else { "strict-origin-when-cross-origin" };
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let Some(policy) = page_policy(&nonce, state.config.reload_port).filter(|_| is_page) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not no-referrer: then our own forms would send `Origin: null`.
        (header::REFERRER_POLICY, referrer),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        // The door's scanner needs the camera.
        (
            header::HeaderName::from_static("permissions-policy"),
            "camera=(self), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.config.public_origin.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    if has_secret {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    // Pages say who is signed in; handlers of files have said otherwise already.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}
