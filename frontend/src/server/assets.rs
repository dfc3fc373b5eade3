//! Stylesheet, script, fonts: files that were built.

use super::AppState;
use axum::Router;
use http::{HeaderValue, header};
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

/// Files under `/pkg` carry their hash in their name; fonts never change without a new name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

pub(super) fn routes(site_root: &str) -> Router<AppState> {
    ["pkg", "fonts"].into_iter().fold(Router::new(), |router, folder| {
        let files = ServeDir::new(Path::new(site_root).join(folder)).precompressed_br().precompressed_gzip();
        // A missing file must not be remembered for ever.
        let cached = |response: &http::Response<_>| response.status().is_success().then_some(FOR_EVER);
        let cache = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, cached);
        router.nest_service(&format!("/{folder}"), ServiceBuilder::new().layer(cache).service(files))
    })
}
