//! `POST /api/auth/totp`: begin to add an authenticator app.

use crate::{error::Error, reauthentication, state::Auth, store, totp::AppSecret};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{Problem, second_factors::TotpOffer};

/// Begin to add an authenticator app. It does not count before a code of it has come back; what was begun before and not
/// confirmed is forgotten.
#[utoipa::path(post, path = "/api/auth/totp", tag = "second factors", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "A new secret", body = TotpOffer),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 409, description = "`state_conflict`: there is one already", body = Problem),
))]
#[tracing::instrument(name = "auth.offer_totp", skip_all)]
pub(crate) async fn offer_totp(State(state): State<Auth>, caller: Caller) -> Result<Json<TotpOffer>, Error> {
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    let now = state.clock.now();
    reauthentication::require(&mut tx, &caller, now).await?;
    let known = store::totp::find(&mut tx, account.id).await?;
    if known.is_some_and(|totp| totp.confirmed_at.is_some()) {
        return Err(Error::StateConflict(
            "Remove the authenticator app that you have before you add another",
        ));
    }
    let secret = AppSecret::random();
    store::totp::offer(&mut tx, account.id, &secret.sealed(&state.seal, account.id)?, now).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(Json(offer(&secret, &account.email)?))
}

/// A secret, in every form in which an app takes it.
pub(super) fn offer(secret: &AppSecret, email: &str) -> Result<TotpOffer, Error> {
    let uri = secret.uri(email)?;
    Ok(TotpOffer { secret: secret.base32(), qr: crate::qr::draw(&uri)?, uri })
}
