//! Routes: one line each, and their OpenAPI.

mod ban_user;
mod change_password;
mod end_other_sessions;
mod end_session;
mod get_ban_receipt;
mod get_jwks;
mod get_session;
mod get_user;
mod list_audit;
mod list_sessions;
mod list_users;
mod refresh;
mod signin;
mod signout;
mod signup;
mod unban_user;
mod whoami;

use crate::state::Auth;
use axum::Router;
use utoipa::openapi::{
    Info, OpenApi,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every route, and what they say about themselves.
pub(crate) fn routes(state: Auth) -> (Router, OpenApi) {
    let (routes, mut openapi) = OpenApiRouter::new()
        .routes(routes!(signup::signup))
        .routes(routes!(signin::signin))
        .routes(routes!(signout::signout))
        .routes(routes!(refresh::refresh))
        .routes(routes!(get_session::get_session))
        .routes(routes!(list_sessions::list_sessions, end_other_sessions::end_other_sessions))
        .routes(routes!(end_session::end_session))
        .routes(routes!(change_password::change_password))
        .routes(routes!(list_users::list_users))
        .routes(routes!(get_user::get_user))
        .routes(routes!(ban_user::ban_user, unban_user::unban_user))
        .routes(routes!(get_ban_receipt::get_ban_receipt))
        .routes(routes!(list_audit::list_audit))
        .routes(routes!(get_jwks::get_jwks))
        .routes(routes!(whoami::whoami))
        .with_state(state)
        .split_for_parts();
    openapi.info = Info::new("Accounts, sessions and bans", "1");
    name_identities(&mut openapi);
    (routes, openapi)
}

/// How callers say who they are.
fn name_identities(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-access"));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
}
