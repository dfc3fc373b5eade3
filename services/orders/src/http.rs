//! Routes: one line per use case.

pub(crate) mod cancel_order;
pub(crate) mod get_order;
pub(crate) mod list_orders;
pub(crate) mod list_show_orders;
pub(crate) mod list_user_orders;
pub(crate) mod openapi;
mod patience;
pub(crate) mod place_order;
pub(crate) mod watch;
pub(crate) mod whoami;

use crate::{error::Error, state::Orders};
use contracts::PageQuery;
use std::str::FromStr;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes, at their full public paths.
pub(crate) fn router(state: Orders) -> OpenApiRouter {
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(place_order::place_order, list_orders::list_orders))
        .routes(routes!(whoami::whoami))
        .routes(routes!(get_order::get_order, cancel_order::cancel_order))
        .routes(routes!(list_show_orders::list_show_orders))
        .routes(routes!(list_user_orders::list_user_orders))
        .with_state(state)
}

/// Reads a cursor, which is the id of the last item of the page before.
fn before<T: FromStr>(query: &PageQuery) -> Result<Option<T>, Error> {
    query.before().map_err(|_| Error::Cursor)
}
