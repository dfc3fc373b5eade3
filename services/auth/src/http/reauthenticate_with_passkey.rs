//! `POST /api/auth/reauthenticate/passkey`: prove anew who one is, with a passkey.

use crate::{error::Error, passkeys, state::Auth, store};
use auth::Caller;
use axum::{extract::State, http::StatusCode};
use contracts::{Problem, second_factors::ReauthenticateWithPasskey};
use service::Valid;

/// Prove anew who one is with a passkey of one's own, asked for by `POST /api/auth/signin/passkey/options`.
#[utoipa::path(post, path = "/api/auth/reauthenticate/passkey", tag = "second factors", request_body = ReauthenticateWithPasskey, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Proven: for ten minutes this session may do what is sensitive"),
    (status = 401, description = "No identity, or `wrong_credentials`: not a passkey of the caller", body = Problem),
    (status = 409, description = "`state_conflict`: there are no passkeys on an address without a domain name", body = Problem),
))]
#[tracing::instrument(name = "auth.reauthenticate_with_passkey", skip_all)]
pub(crate) async fn reauthenticate_with_passkey(
    State(state): State<Auth>,
    caller: Caller,
    Valid(request): Valid<ReauthenticateWithPasskey>,
) -> Result<StatusCode, Error> {
    let answer = passkeys::answer(&state, request.credential).await?;
    if answer.user != caller.user {
        return Err(Error::PasskeyRefused);
    }
    let mut tx = state.pool.begin().await?;
    store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    passkeys::verify(&state, &mut tx, answer).await?;
    store::sessions::authenticated(&mut tx, caller.session, true, state.clock.now()).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
