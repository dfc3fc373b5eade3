//! `PUT /api/auth/password`: a new password; the other sessions end.

use crate::{
    attempts::{self, For},
    devices,
    error::Error,
    links::Purpose,
    notices,
    state::Auth,
    store,
};
use auth::{Caller, revocation::ReasonCode};
use axum::{extract::State, http::StatusCode};
use contracts::{
    Problem,
    auth::{ChangePassword, NoticeKind},
};
use events::{auth::UserFact, outbox};
use service::Valid;

/// Change the password.
#[utoipa::path(put, path = "/api/auth/password", tag = "sessions", request_body = ChangePassword, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Changed; all other sessions have ended"),
    (status = 422, description = "`invalid`: also when `current` is wrong", body = Problem),
    (status = 429, description = "`rate_limited`: `current` was wrong too often", body = Problem),
))]
#[tracing::instrument(name = "auth.change_password", skip_all)]
pub(crate) async fn change_password(
    State(state): State<Auth>,
    caller: Caller,
    Valid(request): Valid<ChangePassword>,
) -> Result<StatusCode, Error> {
    let known = {
        let mut db = state.pool.acquire().await?;
        store::users::find(&mut db, caller.user).await?.ok_or(Error::NotFound)?
    };
    state.common_passwords.refuse("new", &request.new, &known.email, &known.name).await?;
    let wrong = || Error::field("current", "wrong_password", "Enter the password you use now");
    let stored = Some(known.password_hash.as_str());
    if !attempts::matches(&state, For::Change(caller.user), &request.current, stored).await? {
        return Err(wrong());
    }
    let password_hash = state.passwords.hash(&request.new).await?;
    let mut tx = state.pool.begin().await?;
    let mut account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    if account.password_hash != known.password_hash {
        return Err(wrong());
    }
    account.password_hash = password_hash;
    account.version += 1;
    let (now, reason) = (state.clock.now(), ReasonCode::PasswordChanged);
    store::users::update(&mut tx, &account).await?;
    store::links::end_all(&mut tx, account.id, &Purpose::RIGHTS, now).await?;
    let ended = store::sessions::revoke_all(&mut tx, account.id, Some(caller.session), reason, now).await?;
    let revocations = devices::revoke_sessions(&mut tx, &ended, reason, now).await?;
    outbox::publish(&mut tx, UserFact::Changed, &account.state()).await?;
    notices::issue(&mut tx, &notices::about(&account, NoticeKind::PasswordChanged, now)).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    devices::spread(&state, &revocations).await;
    Ok(StatusCode::NO_CONTENT)
}
