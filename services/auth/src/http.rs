//! Routes: one line each, and their OpenAPI.

mod add_passkey;
mod ask_passkey;
mod ban_user;
mod change_email;
mod change_password;
mod confirm_ban_import;
mod confirm_email;
mod confirm_totp;
mod create_ban_import;
mod disown_session;
mod end_other_sessions;
mod end_session;
mod end_user_session;
mod entered;
mod filters;
mod forgot_password;
mod get_ban_import;
mod get_ban_receipt;
mod get_jwks;
mod get_session;
mod get_totp_offer;
mod get_user;
mod list_audit;
mod list_ban_import_lines;
mod list_second_factors;
mod list_sessions;
mod list_user_bans;
mod list_user_sessions;
mod list_users;
mod live;
mod offer_passkey;
mod offer_totp;
mod reauthenticate;
mod reauthenticate_with_passkey;
mod refresh;
mod remove_passkey;
mod remove_totp;
mod renew_recovery_codes;
mod reset_password;
mod signin;
mod signin_with_code;
mod signin_with_passkey;
mod signout;
mod signup;
mod unban_user;
mod whoami;

use crate::{error::Error, state::Auth};
use axum::Router;
use contracts::PageQuery;
use std::str::FromStr;
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
        .routes(routes!(signin_with_code::signin_with_code))
        .routes(routes!(ask_passkey::ask_passkey))
        .routes(routes!(signin_with_passkey::signin_with_passkey))
        .routes(routes!(reauthenticate::reauthenticate))
        .routes(routes!(reauthenticate_with_passkey::reauthenticate_with_passkey))
        .routes(routes!(offer_passkey::offer_passkey))
        .routes(routes!(add_passkey::add_passkey))
        .routes(routes!(remove_passkey::remove_passkey))
        .routes(routes!(list_second_factors::list_second_factors))
        .routes(routes!(
            offer_totp::offer_totp,
            get_totp_offer::get_totp_offer,
            confirm_totp::confirm_totp,
            remove_totp::remove_totp
        ))
        .routes(routes!(renew_recovery_codes::renew_recovery_codes))
        .routes(routes!(signout::signout))
        .routes(routes!(refresh::refresh))
        .routes(routes!(get_session::get_session))
        .routes(routes!(list_sessions::list_sessions, end_other_sessions::end_other_sessions))
        .routes(routes!(end_session::end_session))
        .routes(routes!(change_password::change_password))
        .routes(routes!(forgot_password::forgot_password))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(change_email::change_email))
        .routes(routes!(confirm_email::confirm_email))
        .routes(routes!(confirm_email::send_confirmation))
        .routes(routes!(disown_session::disown_session))
        .routes(routes!(list_users::list_users))
        .routes(routes!(get_user::get_user))
        .routes(routes!(list_user_sessions::list_user_sessions))
        .routes(routes!(end_user_session::end_user_session))
        .routes(routes!(list_user_bans::list_user_bans))
        .routes(routes!(ban_user::ban_user, unban_user::unban_user))
        .routes(routes!(get_ban_receipt::get_ban_receipt))
        .routes(routes!(create_ban_import::create_ban_import))
        .routes(routes!(get_ban_import::get_ban_import))
        .routes(routes!(list_ban_import_lines::list_ban_import_lines))
        .routes(routes!(confirm_ban_import::confirm_ban_import))
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

/// Reads a cursor that is the id of the last item of the page before.
fn before<T: FromStr>(query: &PageQuery) -> Result<Option<T>, Error> {
    query.before().map_err(|_| Error::Query("cursor is none of ours"))
}
