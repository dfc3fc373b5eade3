//! The pages' server: routes, and what every request passes on its way to them.
//!
//! From the outside in: compression, same-origin check, security headers, session refresh, then pages, forms and files.

mod assets;
mod claims;
mod compression;
mod headers;
mod origin;
mod posters;
mod refresh;
mod render;

use crate::{
    app::{App, shell},
    backend::Backend,
    config::Config,
    forms::Rejected,
    loading::Once,
    pages,
    visit::{Standing, Visit},
};
use axum::{Router, extract::FromRef, middleware, routing::get};
use contracts::{auth::UserView, orders::OrderView};
use leptos::{config::Env as LeptosEnv, nonce::Nonce, prelude::*};
use leptos_axum::{LeptosRoutes, generate_route_list};
use service::{Env, Lifecycle};
use std::{path::Path, sync::Arc};
use tower_http::catch_panic::CatchPanicLayer;

pub use refresh::Refresher;
pub(crate) use refresh::{ended as ended_cookies, renewing as renewing_cookie};
pub(crate) use render::render;

/// What handlers share.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// Names and places of the built assets.
    pub options: LeptosOptions,
    /// The services.
    pub backend: Backend,
    /// The configuration.
    pub config: Arc<Config>,
    /// Shares one refresh among a browser's parallel requests.
    pub refresher: Refresher,
}

impl AppState {
    /// What every page finds in its context, whether it answers a GET or a refused form.
    pub fn context(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let (backend, config) = (self.backend.clone(), self.config.clone());
        move || {
            provide_context(backend.clone());
            provide_context(config.clone());
            let extensions = use_context::<http::request::Parts>().map(|parts| parts.extensions);
            let extensions = extensions.unwrap_or_default();
            let visit = extensions.get::<Visit>().cloned().unwrap_or_default();
            // Told on whichever page it was learned: by the next one nobody is known any more.
            if let Standing::Suspended { .. } = visit.standing {
                provide_context(Rejected(visit.nobody()));
            }
            provide_context(visit);
            provide_context(Once::<Vec<OrderView>>::default());
            provide_context(Once::<Option<UserView>>::default());
            // The one that the policy of this answer names.
            if let Some(nonce) = extensions.get::<Nonce>() {
                provide_context(nonce.clone());
            }
        }
    }
}

/// Starts the pages' server for [`service::run()`].
#[expect(
    clippy::unused_async,
    clippy::default_trait_access,
    reason = "what `service::run` and its `App` ask for"
)]
pub async fn start(env: &Env, _lifecycle: &Lifecycle) -> anyhow::Result<service::App> {
    let config = Arc::new(Config::from_env(env)?);
    let backend = Backend::new(&config.backend_url, &config.public_origin)?;
    let options = leptos_options(&config);
    let state = AppState { options, backend, config, refresher: Refresher::default() };
    Ok(service::App {
        name: "frontend",
        routes: router(state),
        openapi: Default::default(),
        pool: None,
        details: None,
    })
}

/// Everything that a browser may ask for.
pub fn router(state: AppState) -> Router {
    let routes = generate_route_list(App);
    let options = state.options.clone();
    Router::new()
        .leptos_routes_with_context(&state, routes, state.context(), move || shell(options.clone()))
        .merge(pages::forms().into_router())
        .route("/posters/{file}", get(posters::poster))
        // A route and no fallback: services share theirs, which speaks JSON.
        .route("/{*path}", get(render::not_found))
        .layer(compression::layer())
        .merge(assets::routes(&state.config.site_root, state.options.hash_files))
        .layer(CatchPanicLayer::custom(render::panicked))
        .layer(middleware::from_fn_with_state(state.clone(), render::explain_panics))
        .layer(middleware::from_fn_with_state(state.clone(), refresh::refresh))
        .layer(middleware::from_fn_with_state(state.clone(), headers::secure))
        .layer(middleware::from_fn(origin::same_origin))
        .with_state(state)
}

/// `cargo leptos build` leaves the hashes of its files beside the executable.
fn leptos_options(config: &Config) -> LeptosOptions {
    const HASHES: &str = "hash.txt";
    let executable = std::env::current_exe().unwrap_or_default();
    let hashed = executable.parent().unwrap_or(Path::new(".")).join(HASHES).exists();
    LeptosOptions::builder()
        .output_name("app")
        .site_root(config.site_root.clone())
        .site_pkg_dir("pkg")
        .hash_files(hashed)
        .hash_file(HASHES.into())
        .reload_port(config.reload_port.unwrap_or_default())
        .env(if config.reload_port.is_some() { LeptosEnv::DEV } else { LeptosEnv::PROD })
        .build()
}
