//! `POST /api/auth/passkeys`: add the passkey that the browser made.

use crate::{
    cookies,
    error::{Error, breaks},
    factors::{self, Change},
    passkeys, reauthentication,
    state::Auth,
    store::{self, passkeys::NewPasskey},
};
use auth::Caller;
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use contracts::{
    Problem,
    second_factors::{AddPasskey, SecondFactorAdded},
};
use service::Valid;

/// Add a passkey. With the first second factor come recovery codes, shown this once. This session has proven two factors
/// then; its new access token says so.
#[utoipa::path(post, path = "/api/auth/passkeys", tag = "second factors", request_body = AddPasskey, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 201, description = "Added; sets the access cookie", body = SecondFactorAdded),
    (status = 401, description = "No identity, or `wrong_credentials`: it is not what was asked for", body = Problem),
    (status = 403, description = "`reauthentication_required`", body = Problem),
    (status = 409, description = "`state_conflict`: it was added before, or the account has too many", body = Problem),
    (status = 422, description = "`invalid`", body = Problem),
))]
#[tracing::instrument(name = "auth.add_passkey", skip_all)]
pub(crate) async fn add_passkey(
    State(state): State<Auth>,
    caller: Caller,
    Valid(request): Valid<AddPasskey>,
) -> Result<impl IntoResponse, Error> {
    let passkey = passkeys::finish_adding(&state, request.credential, caller.session).await?;
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    let now = state.clock.now();
    reauthentication::require(&mut tx, &caller, now).await?;
    if store::second_factors::of(&mut tx, account.id).await?.passkeys >= passkeys::OF_USER_MAX {
        return Err(Error::StateConflict(
            "That is as many passkeys as an account may have: remove one first",
        ));
    }
    let new = NewPasskey {
        id: service::new_id(),
        user: account.id,
        credential_id: passkey.cred_id().as_ref(),
        name: request.name.trim(),
        credential: &serde_json::to_value(&passkey)?,
        backed_up: passkeys::is_backed_up(&passkey)?,
    };
    let known = |error: sqlx::Error| {
        let is_known = breaks(&error, "passkeys_credential_key");
        if is_known { Error::StateConflict("That passkey was added before") } else { error.into() }
    };
    store::passkeys::insert(&mut tx, new, now).await.map_err(known)?;
    let added = factors::added(&state, &mut tx, &account, caller.session, Change::PasskeyAdded).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    let cookie = cookies::set_access(state.authority.cookies(), &added.access);
    Ok((StatusCode::CREATED, cookie, Json(SecondFactorAdded { recovery_codes: added.recovery_codes })))
}
