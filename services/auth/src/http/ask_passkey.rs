//! `POST /api/auth/signin/passkey/options`: begin to ask for a passkey.

use crate::{error::Error, passkeys, state::Auth};
use axum::{Json, extract::State};
use contracts::Problem;
use serde_json::Value;

/// What `navigator.credentials.get` is asked for any passkey: to sign in, or to prove anew who one is.
#[utoipa::path(post, path = "/api/auth/signin/passkey/options", tag = "sessions", responses(
    (status = 200, description = "`PublicKeyCredentialRequestOptionsJSON`, good once and for five minutes", body = Object),
    (status = 409, description = "`state_conflict`: there are no passkeys on an address without a domain name", body = Problem),
))]
#[tracing::instrument(name = "auth.ask_passkey", skip_all)]
pub(crate) async fn ask_passkey(State(state): State<Auth>) -> Result<Json<Value>, Error> {
    Ok(Json(passkeys::begin_asking(&state).await?))
}
