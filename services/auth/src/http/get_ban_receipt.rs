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
use chrono::TimeDelta;
use contracts::{Problem, Timestamp, auth::BanReceipt, ids::BanId};
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
    Ok(follow(state, admin.0, "receipt", look, is_final))
}

/// Acknowledged, or over: the revocation is written no more, since no token is left that it is about.
fn is_final(receipt: &BanReceipt, now: Timestamp) -> bool {
    let over = receipt.committed_at + TimeDelta::seconds(LIFE_SECONDS) <= now;
    (receipt.acknowledged_at.is_some() || over)
        && receipt.instances.iter().all(|instance| instance.applied_ms.is_some() || instance.gone.is_some())
        && (over
            || receipt
                .effects
                .iter()
                .all(|word| word.acted_at.is_some() || !is_there(receipt, &word.service)))
}

/// Runs an instance of the service that may still say what it did? One that is away does so when it is back.
fn is_there(receipt: &BanReceipt, service: &str) -> bool {
    receipt.instances.iter().any(|instance| instance.service == service && instance.gone.is_none())
}
