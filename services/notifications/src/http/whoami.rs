//! `GET /api/notifications/whoami`: who the token says the caller is.

use super::openapi::{Forbidden, Unauthenticated, Unavailable};
use crate::state::Notifications;
use auth::Caller;
use axum::{Json, extract::State};
use contracts::auth::WhoAmI;

/// Who the token says the caller is, and which instance answers.
#[utoipa::path(
    get, path = "/api/notifications/whoami", operation_id = "whoami",
    responses(
        (status = 200, body = WhoAmI),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    )
)]
pub(crate) async fn whoami(State(state): State<Notifications>, caller: Caller) -> Json<WhoAmI> {
    auth::whoami::whoami(State(state.authority), caller).await
}
