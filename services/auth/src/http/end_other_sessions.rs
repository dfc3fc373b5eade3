//! `DELETE /api/auth/sessions`: end all other devices of the caller.

use crate::{devices, error::Error, state::Auth, store};
use auth::{Caller, revocation::ReasonCode};
use axum::{extract::State, http::StatusCode};
use contracts::Problem;

/// End all devices but this one.
#[utoipa::path(delete, path = "/api/auth/sessions", tag = "sessions", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Ended"),
    (status = 401, description = "No identity", body = Problem),
))]
#[tracing::instrument(name = "auth.end_other_sessions", skip_all)]
pub(crate) async fn end_other_sessions(
    State(state): State<Auth>,
    caller: Caller,
) -> Result<StatusCode, Error> {
    let mut tx = state.pool.begin().await?;
    store::users::lock(&mut tx, caller.user).await?;
    let (now, reason) = (state.clock.now(), ReasonCode::SessionEnded);
    let ended = store::sessions::revoke_all(&mut tx, caller.user, Some(caller.session), reason, now).await?;
    let revocations = devices::revoke_sessions(&mut tx, &ended, reason, now).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    devices::spread(&state, &revocations).await;
    Ok(StatusCode::NO_CONTENT)
}
