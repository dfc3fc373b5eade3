//! `GET /api/auth/second-factors`: how the caller signs in, beside the password.

use crate::{error::Error, reauthentication, state::Auth, store};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    Problem,
    auth::Role,
    second_factors::{SecondFactorsView, TotpView},
};

/// The caller's second factors.
#[utoipa::path(get, path = "/api/auth/second-factors", tag = "second factors", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Second factors", body = SecondFactorsView),
    (status = 401, description = "No identity", body = Problem),
))]
#[tracing::instrument(name = "auth.list_second_factors", skip_all)]
pub(crate) async fn list_second_factors(
    State(state): State<Auth>,
    caller: Caller,
) -> Result<Json<SecondFactorsView>, Error> {
    let mut db = state.pool.acquire().await?;
    let account = store::users::find(&mut db, caller.user).await?.ok_or(Error::NotFound)?;
    let session = store::sessions::find(&mut db, caller.session).await?.ok_or(Error::SessionRevoked)?;
    let factors = store::second_factors::of(&mut db, caller.user).await?;
    let totp = store::totp::find(&mut db, caller.user).await?;
    let totp = totp
        .and_then(|totp| Some(TotpView { created_at: totp.confirmed_at?, last_used_at: totp.last_used_at }));
    let passkeys = store::passkeys::of(&mut db, caller.user).await?;
    let left = store::recovery_codes::left(&mut db, caller.user).await?;
    Ok(Json(SecondFactorsView {
        totp,
        passkeys,
        recovery_codes_left: u32::try_from(left).unwrap_or(0),
        required: account.role == Role::Admin,
        proven_until: reauthentication::proven_until(&session, factors, state.clock.now()),
    }))
}
