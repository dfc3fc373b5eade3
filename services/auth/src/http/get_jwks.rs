//! `GET /api/auth/jwks.json`: the public keys, for those outside the system.

use crate::{error::Error, signing_keys, state::Auth};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde_json::{Value, json};

/// Public keys of access tokens (RFC 7517). Services of the system learn them from the bus instead.
#[utoipa::path(get, path = "/api/auth/jwks.json", tag = "sessions", responses(
    (status = 200, description = "A JSON Web Key Set"),
))]
#[tracing::instrument(name = "auth.get_jwks", skip_all)]
pub(crate) async fn get_jwks(State(state): State<Auth>) -> Result<impl IntoResponse, Error> {
    let now = state.clock.now();
    let keys = signing_keys::published(&state.pool, now).await?;
    let keys: Vec<Value> = keys
        .iter()
        .filter(|key| key.retires_at.is_none_or(|end| now < end))
        .map(|key| json!({ "kty": key.kty, "crv": key.crv, "kid": key.kid, "x": key.x, "alg": "EdDSA", "use": "sig" }))
        .collect();
    Ok(([(header::CACHE_CONTROL, "public, max-age=60")], Json(json!({ "keys": keys }))))
}
