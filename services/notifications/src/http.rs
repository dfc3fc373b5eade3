//! Routes: who is calling, and in development the mail that was written.

mod dev_mail;
mod openapi;
mod whoami;

use crate::state::Notifications;
use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes, with the description of those that are the API. The mailbox is there only when `dev_mail` says so.
pub(crate) fn routes(state: Notifications, dev_mail: bool) -> (Router, utoipa::openapi::OpenApi) {
    let (mut routes, openapi) = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(whoami::whoami))
        .with_state(state.clone())
        .split_for_parts();
    if dev_mail {
        routes = routes.merge(dev_mail::routes().with_state(state));
    }
    (routes, openapi)
}
