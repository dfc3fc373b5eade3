//! Stylesheet, script, fonts and the few files that browsers ask for by name.

use super::AppState;
use axum::Router;
use http::{HeaderValue, header};
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// What never changes without a new name: fonts, and what was built where names carry a hash.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What was built under a name that stays: the browser asks whether it is still the same.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");
/// What may change, but not today.
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Files at the root of the site.
pub(super) const ROOT_FILES: [&str; 3] = ["/favicon.ico", "/favicon.svg", "/robots.txt"];

pub(super) fn routes(site_root: &str, names_are_hashed: bool) -> Router<AppState> {
    let built = if names_are_hashed { FOR_EVER } else { ASK_FIRST };
    let folders = [("pkg", built), ("fonts", FOR_EVER), ("scripts", ASK_FIRST)];
    let router = folders.into_iter().fold(Router::new(), |router, (folder, age)| {
        let files = ServeDir::new(Path::new(site_root).join(folder)).precompressed_br().precompressed_gzip();
        router
            .nest_service(&format!("/{folder}"), ServiceBuilder::new().layer(remembered(age)).service(files))
    });
    // Each has its own route. Leptos can serve them beside its pages too, but then an answer takes the headers of
    // whichever page its thread is rendering for somebody else.
    ROOT_FILES.into_iter().fold(router, |router, path| {
        let file = ServeFile::new(Path::new(site_root).join(path.trim_start_matches('/')));
        router.route_service(path, ServiceBuilder::new().layer(remembered(FOR_A_DAY)).service(file))
    })
}

/// Says how long a file may be remembered. A missing one must not be at all.
fn remembered<B>(
    age: HeaderValue,
) -> SetResponseHeaderLayer<impl Fn(&http::Response<B>) -> Option<HeaderValue> + Clone> {
    let age = move |response: &http::Response<B>| response.status().is_success().then(|| age.clone());
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, age)
}
