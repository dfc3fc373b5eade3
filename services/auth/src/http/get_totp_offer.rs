//! `GET /api/auth/totp`: the authenticator app that was begun to be added.

use super::offer_totp::offer;
use crate::{error::Error, reauthentication, state::Auth, store, totp::AppSecret};
use auth::Caller;
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use contracts::{Problem, second_factors::TotpOffer};

/// The secret that waits for its first code. Once it was confirmed nobody can read it again.
#[utoipa::path(get, path = "/api/auth/totp", tag = "second factors", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The secret", body = TotpOffer),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 404, description = "`not_found`: none was begun, or it was confirmed", body = Problem),
))]
#[tracing::instrument(name = "auth.get_totp_offer", skip_all)]
pub(crate) async fn get_totp_offer(State(state): State<Auth>, caller: Caller) -> Result<Response, Error> {
    let mut db = state.pool.acquire().await?;
    let account = store::users::find(&mut db, caller.user).await?.ok_or(Error::NotFound)?;
    reauthentication::require(&mut db, &caller, state.clock.now()).await?;
    let begun = store::totp::find(&mut db, account.id).await?.filter(|totp| totp.confirmed_at.is_none());
    let secret = AppSecret::open(&state.seal, account.id, &begun.ok_or(Error::NotFound)?.secret)?;
    let headers = [(header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, Json(offer(&secret, &account.email)?)).into_response())
}
