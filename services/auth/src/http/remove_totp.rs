//! `DELETE /api/auth/totp`: remove the authenticator app.

use crate::{
    error::Error,
    factors::{self, Change},
    reauthentication,
    state::Auth,
    store,
};
use auth::Caller;
use axum::{extract::State, http::StatusCode};
use contracts::Problem;

/// Remove the authenticator app. An admin keeps one second factor.
#[utoipa::path(delete, path = "/api/auth/totp", tag = "second factors", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Removed, or there was none"),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 409, description = "`state_conflict`: the last second factor of an admin", body = Problem),
))]
#[tracing::instrument(name = "auth.remove_totp", skip_all)]
pub(crate) async fn remove_totp(State(state): State<Auth>, caller: Caller) -> Result<StatusCode, Error> {
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    reauthentication::require(&mut tx, &caller, state.clock.now()).await?;
    if store::totp::delete(&mut tx, account.id).await? {
        factors::removed(&state, &mut tx, &account, Change::AppRemoved).await?;
    }
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
