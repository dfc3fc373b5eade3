//! `DELETE /api/auth/sessions/{id}`: end one of the caller's devices.

use crate::{devices, error::Error, state::Auth, store};
use auth::{Caller, revocation::ReasonCode};
use axum::{extract::State, http::StatusCode};
use contracts::{Problem, ids::SessionId};
use service::Id;

/// End one device.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}", tag = "sessions", params(("id" = SessionId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Ended"),
    (status = 404, description = "Not a live session of the caller", body = Problem),
))]
#[tracing::instrument(name = "auth.end_session", skip_all)]
pub(crate) async fn end_session(
    State(state): State<Auth>,
    caller: Caller,
    Id(id): Id<SessionId>,
) -> Result<StatusCode, Error> {
    let mut tx = state.pool.begin().await?;
    store::users::lock(&mut tx, caller.user).await?;
    let now = state.clock.now();
    let ended = devices::end(&mut tx, caller.user, id, ReasonCode::SessionEnded, now).await?;
    if ended.is_empty() {
        return Err(Error::NotFound);
    }
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    devices::spread(&state, &ended).await;
    Ok(StatusCode::NO_CONTENT)
}
