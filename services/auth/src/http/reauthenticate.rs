//! `POST /api/auth/reauthenticate`: prove anew who one is, for what is sensitive.

use crate::{
    attempts::{self, For},
    codes,
    error::Error,
    state::Auth,
    store,
};
use auth::Caller;
use axum::{extract::State, http::StatusCode};
use contracts::{Problem, second_factors::Reauthenticate};
use service::Valid;

/// Prove anew who one is: with the password, and where the account has a second factor, with a code too.
#[utoipa::path(post, path = "/api/auth/reauthenticate", tag = "second factors", request_body = Reauthenticate, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Proven: for ten minutes this session may do what is sensitive"),
    (status = 401, description = "No identity", body = Problem),
    (status = 422, description = "`invalid`: the password or the code is wrong, or a code is missing", body = Problem),
    (status = 429, description = "`rate_limited`: too many were wrong", body = Problem),
    (status = 503, description = "Too many sign-ins at once", body = Problem),
))]
#[tracing::instrument(name = "auth.reauthenticate", skip_all)]
pub(crate) async fn reauthenticate(
    State(state): State<Auth>,
    caller: Caller,
    Valid(request): Valid<Reauthenticate>,
) -> Result<StatusCode, Error> {
    let known = {
        let mut db = state.pool.acquire().await?;
        store::users::find(&mut db, caller.user).await?.ok_or(Error::NotFound)?
    };
    let wrong = || Error::field("password", "wrong_password", "Enter the password you use now");
    let stored = Some(known.password_hash.as_str());
    if !attempts::matches(&state, For::Change(caller.user), &request.password, stored).await? {
        return Err(wrong());
    }
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    if account.password_hash != known.password_hash {
        return Err(wrong());
    }
    let second_factor = store::second_factors::of(&mut tx, account.id).await?.any();
    if second_factor {
        let missing = || Error::field("code", "required", "Enter a code of your app, or a recovery code");
        let code = request.code.as_deref().ok_or_else(missing)?;
        tx = codes::accept(&state, tx, account.id, code).await?;
    }
    store::sessions::authenticated(&mut tx, caller.session, second_factor, state.clock.now()).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
