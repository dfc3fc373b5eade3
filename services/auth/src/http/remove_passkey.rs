//! `DELETE /api/auth/passkeys/{id}`: remove a passkey.

use crate::{
    error::Error,
    factors::{self, Change},
    reauthentication,
    state::Auth,
    store,
};
use auth::Caller;
use axum::{extract::State, http::StatusCode};
use contracts::{Problem, ids::PasskeyId};
use service::Id;

/// Remove a passkey. An admin keeps one second factor.
#[utoipa::path(delete, path = "/api/auth/passkeys/{id}", tag = "second factors", security(("bearer" = []), ("cookie" = [])),
    params(("id" = PasskeyId, Path, description = "The passkey")), responses(
    (status = 204, description = "Removed"),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 404, description = "`not_found`, or somebody else's", body = Problem),
    (status = 409, description = "`state_conflict`: the last second factor of an admin", body = Problem),
))]
#[tracing::instrument(name = "auth.remove_passkey", skip_all)]
pub(crate) async fn remove_passkey(
    State(state): State<Auth>,
    caller: Caller,
    Id(id): Id<PasskeyId>,
) -> Result<StatusCode, Error> {
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    reauthentication::require(&mut tx, &caller, state.clock.now()).await?;
    if !store::passkeys::delete(&mut tx, account.id, id).await? {
        return Err(Error::NotFound);
    }
    factors::removed(&state, &mut tx, &account, Change::PasskeyRemoved).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
