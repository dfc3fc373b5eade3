//! Renders the page of an address.

use super::AppState;
use crate::{app::shell, error::AppError, forms::Rejected, visit::Visit};
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header, request::Parts};
use leptos::prelude::provide_context;
use std::any::Any;

/// Renders the page of the request's path as a GET would, with what `known` adds to its context.
pub(crate) async fn render(
    state: AppState,
    mut parts: Parts,
    known: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    if parts.method != Method::HEAD {
        parts.method = Method::GET;
    }
    for about_body in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(about_body);
    }
    let context = state.context();
    let context = move || {
        context();
        known();
    };
    let page = leptos_axum::render_app_async_with_context(context, move || shell(state.options.clone()));
    page(Request::from_parts(parts, Body::empty())).await
}

/// The page of an address that no route knows.
pub(super) async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    render(state, request.into_parts().0, || ()).await
}

/// Marks the answer to a request whose handler panicked.
#[derive(Clone)]
struct Panicked;

/// What stands for an answer until [`explain_panics`] has made a page of it.
#[expect(clippy::needless_pass_by_value, reason = "the signature that `CatchPanicLayer` asks for")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(panic = message, "a page panicked");
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// Whoever asked for a page that panicked gets the page that says so.
pub(super) async fn explain_panics(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let again = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.extensions().get::<Panicked>().is_none() {
        return response;
    }
    let request_id = again.extensions.get::<Visit>().map(|visit| visit.request_id.clone());
    let broken = AppError::Broken { request_id };
    render(state, again, move || provide_context(Rejected(broken.clone()))).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        backend::Backend,
        config::{Config, CookieNames},
        server::Refresher,
    };
    use axum::{Router, middleware, routing::get};
    use leptos::config::LeptosOptions;
    use std::sync::Arc;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    fn state() -> AppState {
        let url = "http://127.0.0.1:9".to_owned();
        let config = Config {
            backend_url: url.clone(),
            public_origin: url.clone(),
            appeal_address: None,
            cookies: CookieNames::new(false),
            site_root: "nowhere".to_owned(),
            reload_port: None,
        };
        let backend = Backend::new(&url, &url).unwrap();
        let options = LeptosOptions::builder().output_name("app").build();
        AppState { options, backend, config: Arc::new(config), refresher: Refresher::default() }
    }

    #[tokio::test]
    async fn a_page_that_panics_is_answered_with_a_page() {
        // Pages are rendered by the executor that this sets up.
        leptos_axum::generate_route_list(crate::app::App);
        let broken = get(async || -> Response { panic!("a broken page") });
        let router: Router = Router::new()
            .route("/orders/1", broken)
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn_with_state(state(), explain_panics));
        let request = Request::get("/orders/1").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
        let body = axum::body::to_bytes(response.into_body(), 1024 * 1024).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains("That broke, and it was us"));
    }
}
