//! `GET /api/auth/admin/bans/{id}/receipt`: how far a ban has come, as JSON or live.

use super::live::{follow, wants_stream};
use crate::{bans, error::Error, state::Auth};
use auth::{Admin, revocation::LIFE_SECONDS};
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use contracts::{
    Problem,
    auth::{BanReceipt, TOKENS_GONE_AFTER},
    ids::BanId,
};
use service::Id;

/// How far a ban has come. With `Accept: text/event-stream`: an event `receipt` per change.
#[utoipa::path(get, path = "/api/auth/admin/bans/{id}/receipt", tag = "admin", params(("id" = BanId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The receipt", body = BanReceipt),
    (status = 404, description = "Unknown", body = Problem),
))]
#[tracing::instrument(name = "auth.get_ban_receipt", skip_all)]
pub(crate) async fn get_ban_receipt(
    State(state): State<Auth>,
    admin: Admin,
    headers: HeaderMap,
    Id(ban): Id<BanId>,
) -> Result<Response, Error> {
    let receipt = bans::receipt(&state, ban).await?;
    if !wants_stream(&headers) {
        return Ok(Json(receipt).into_response());
    }
    let look = move |state: Auth| async move { bans::receipt(&state, ban).await };
    Ok(follow(state, admin.0, "receipt", look, BanReceipt::is_final))
}

// No revocation is kept for longer, and its receipt is over when it is not kept.
const _: () = assert!(TOKENS_GONE_AFTER.num_seconds() == LIFE_SECONDS);
