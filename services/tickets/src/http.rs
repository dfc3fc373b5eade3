//! Routes: one line per endpoint, one file per use case.

mod answers;
mod cancel_show;
mod check_in;
mod create_listing;
mod create_show;
mod get_availability;
mod get_facets;
mod get_show;
mod get_ticket;
mod get_ticket_calendar;
mod get_ticket_qr;
mod if_sent;
mod list_for_resale;
mod list_shows;
mod list_tickets;
mod list_user_listings;
mod publish_show;
mod show_view;
mod update_listing;
mod update_show;
mod whoami;
mod withdraw_listing;
mod withdraw_resale;

use crate::state::Tickets;
use axum::Router;
use contracts::Problem;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tickets",
        description = "Shows, listings, issued tickets and the door.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    modifiers(&Identity)
)]
struct Document;

/// How callers say who they are.
struct Identity;

impl Modify for Identity {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-access"));
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

/// Every route, with its description.
pub(crate) fn routes(state: Tickets) -> (Router, utoipa::openapi::OpenApi) {
    let (routes, openapi) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(list_shows::list_shows, create_show::create_show))
        .routes(routes!(get_facets::get_facets))
        .routes(routes!(get_show::get_show, update_show::update_show))
        .routes(routes!(publish_show::publish_show))
        .routes(routes!(cancel_show::cancel_show))
        .routes(routes!(get_availability::get_availability))
        .routes(routes!(create_listing::create_listing))
        .routes(routes!(update_listing::update_listing, withdraw_listing::withdraw_listing))
        .routes(routes!(check_in::check_in))
        .routes(routes!(list_tickets::list_tickets))
        .routes(routes!(list_user_listings::list_user_listings))
        .routes(routes!(get_ticket::get_ticket))
        .routes(routes!(get_ticket_qr::get_ticket_qr))
        .routes(routes!(get_ticket_calendar::get_ticket_calendar))
        .routes(routes!(list_for_resale::list_for_resale, withdraw_resale::withdraw_resale))
        .routes(routes!(whoami::whoami))
        .split_for_parts();
    (routes.with_state(state), openapi)
}
