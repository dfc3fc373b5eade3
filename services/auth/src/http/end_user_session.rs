//! `DELETE /api/auth/admin/users/{id}/sessions/{session}`: end one of somebody's devices, as an admin.

use crate::{bans, devices, error::Error, state::Auth, store};
use auth::{Admin, revocation::ReasonCode};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use contracts::{
    Problem,
    ids::{SessionId, UserId},
};

/// End one device of somebody.
#[utoipa::path(delete, path = "/api/auth/admin/users/{id}/sessions/{session}", tag = "admin", params(("id" = UserId, Path,), ("session" = SessionId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Ended"),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 404, description = "Not a live session of that user", body = Problem),
))]
#[tracing::instrument(name = "auth.end_user_session", skip_all)]
pub(crate) async fn end_user_session(
    State(state): State<Auth>,
    admin: Admin,
    ids: Result<Path<(UserId, SessionId)>, PathRejection>,
) -> Result<StatusCode, Error> {
    let Path((user, session)) = ids.map_err(|_| Error::NotFound)?;
    let mut tx = state.pool.begin().await?;
    let admins = store::users::lock_admins(&mut tx).await?;
    let account = store::users::lock(&mut tx, user).await?.ok_or(Error::NotFound)?;
    let actor = bans::acting_admin(&mut tx, &admins, &admin).await?;
    let now = state.clock.now();
    let ended = devices::end(&mut tx, user, session, ReasonCode::SessionEnded, now).await?;
    if ended.is_empty() {
        return Err(Error::NotFound);
    }
    bans::write_audit(&mut tx, Some(&actor), "user.session_end", &account, "", now).await?;
    state.authority.recheck(&admin)?;
    tx.commit().await?;
    devices::spread(&state, &ended).await;
    Ok(StatusCode::NO_CONTENT)
}
