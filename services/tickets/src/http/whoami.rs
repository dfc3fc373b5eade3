//! `GET /api/tickets/whoami`: who the token says the caller is.

use super::answers::{Always, Identified};
use crate::state::Tickets;
use auth::{Authority, Caller};
use axum::{
    Json,
    extract::{FromRef, State},
};
use contracts::auth::WhoAmI;

/// Who the token says the caller is, and which instance answers.
#[utoipa::path(
    get, path = "/api/tickets/whoami", operation_id = "whoami", tag = "identity",
    responses((status = 200, description = "The caller", body = WhoAmI), Always, Identified),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.whoami", skip_all)]
pub(super) async fn whoami(State(state): State<Tickets>, caller: Caller) -> Json<WhoAmI> {
    auth::whoami::whoami(State(Authority::from_ref(&state)), caller).await
}
