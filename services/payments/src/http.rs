//! Routes: one line per use case.

pub(crate) mod confirm_payment;
pub(crate) mod create_payment;
pub(crate) mod get_payment;
pub(crate) mod list_payments;
pub(crate) mod openapi;
pub(crate) mod receive_webhook;
pub(crate) mod refund_payment;
pub(crate) mod reply;
pub(crate) mod whoami;

use crate::state::Payments;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes, at their full public paths.
pub(crate) fn router(state: Payments) -> OpenApiRouter {
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(create_payment::create_payment, list_payments::list_payments))
        .routes(routes!(whoami::whoami))
        .routes(routes!(get_payment::get_payment))
        .routes(routes!(confirm_payment::confirm_payment))
        .routes(routes!(refund_payment::refund_payment))
        .routes(routes!(receive_webhook::receive_webhook))
        .with_state(state)
}
