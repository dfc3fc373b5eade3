//! `POST /api/auth/passkeys/options`: begin to add a passkey.

use crate::{error::Error, passkeys, reauthentication, state::Auth, store};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::Problem;
use serde_json::Value;

/// What `navigator.credentials.create` is asked for a new passkey.
#[utoipa::path(post, path = "/api/auth/passkeys/options", tag = "second factors", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "`PublicKeyCredentialCreationOptionsJSON`, good once and for five minutes", body = Object),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 409, description = "`state_conflict`: the account has too many, or the address has no domain name", body = Problem),
))]
#[tracing::instrument(name = "auth.offer_passkey", skip_all)]
pub(crate) async fn offer_passkey(State(state): State<Auth>, caller: Caller) -> Result<Json<Value>, Error> {
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    reauthentication::require(&mut tx, &caller, state.clock.now()).await?;
    let options = passkeys::begin_adding(&state, &mut tx, &account, caller.session).await?;
    tx.commit().await?;
    Ok(Json(options))
}
