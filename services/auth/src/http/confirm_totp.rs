//! `PUT /api/auth/totp`: a code has come back, so the authenticator app counts.

use crate::{
    codes, cookies,
    error::Error,
    factors::{self, Change},
    reauthentication,
    state::Auth,
    store,
    totp::AppSecret,
};
use auth::Caller;
use axum::{Json, extract::State, response::IntoResponse};
use contracts::{
    Problem,
    second_factors::{ConfirmTotp, SecondFactorAdded},
};
use service::Valid;

/// Confirm the authenticator app that was begun to be added. With the first second factor come recovery codes, shown this
/// once. This session has proven two factors then; its new access token says so.
#[utoipa::path(put, path = "/api/auth/totp", tag = "second factors", request_body = ConfirmTotp, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "It counts; sets the access cookie", body = SecondFactorAdded),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 404, description = "`not_found`: none was begun, or it was confirmed", body = Problem),
    (status = 422, description = "`invalid`: the code is wrong", body = Problem),
))]
#[tracing::instrument(name = "auth.confirm_totp", skip_all)]
pub(crate) async fn confirm_totp(
    State(state): State<Auth>,
    caller: Caller,
    Valid(request): Valid<ConfirmTotp>,
) -> Result<impl IntoResponse, Error> {
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    let now = state.clock.now();
    reauthentication::require(&mut tx, &caller, now).await?;
    let begun = store::totp::find(&mut tx, account.id).await?.filter(|totp| totp.confirmed_at.is_none());
    let secret = AppSecret::open(&state.seal, account.id, &begun.ok_or(Error::NotFound)?.secret)?;
    let digits = codes::six_digits(&request.code).ok_or_else(codes::wrong)?;
    // Whoever sees the secret may guess as often as they like.
    let step = secret.step_of(&digits, None, now)?.ok_or_else(codes::wrong)?;
    store::totp::confirm(&mut tx, account.id, Some(step), now).await?;
    let added = factors::added(&state, &mut tx, &account, caller.session, Change::AppAdded).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    let cookie = cookies::set_access(state.authority.cookies(), &added.access);
    Ok((cookie, Json(SecondFactorAdded { recovery_codes: added.recovery_codes })))
}
