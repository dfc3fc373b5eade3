//! `PUT /api/auth/email`: another address, once a link that is sent to it was followed.

use crate::{
    account::{Account, normal_email},
    attempts::{self, Bound, For},
    error::Error,
    links::{self, About, Purpose},
    notices,
    state::Auth,
    store,
};
use auth::Caller;
use axum::{extract::State, http::StatusCode};
use chrono::TimeDelta;
use contracts::{
    Problem,
    auth::{ChangeEmail, NoticeKind},
};
use service::Valid;
use sqlx::PgTransaction;

/// Links that one account may have sent to new addresses.
const LINKS: Bound = Bound { max: 5, window: TimeDelta::hours(1), grows: false };
/// Mails to an address that has an account, whoever asks.
const TAKEN_MAILS: Bound = Bound { max: 1, window: TimeDelta::days(1), grows: false };

/// Ask for another address. Until the link was followed the old one stays.
#[utoipa::path(put, path = "/api/auth/email", tag = "recovery", request_body = ChangeEmail, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 202, description = "A link is on its way to the new address, if no account has it"),
    (status = 422, description = "`invalid`: also when `password` is wrong", body = Problem),
    (status = 429, description = "`rate_limited`: too many wrong passwords, or too many addresses", body = Problem),
))]
#[tracing::instrument(name = "auth.change_email", skip_all)]
pub(crate) async fn change_email(
    State(state): State<Auth>,
    caller: Caller,
    Valid(request): Valid<ChangeEmail>,
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
    let email = normal_email(&request.email);
    if email == known.email {
        return Err(Error::field("email", "unchanged", "This is your address already"));
    }
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    if account.password_hash != known.password_hash {
        return Err(wrong());
    }
    attempts::take(&mut tx, &format!("new address of {}", account.id), LINKS, now).await?;
    // One change at a time: the link to the address that was mistyped ends. Also where the new one is taken, or the life
    // of that link would tell.
    store::links::end_all(&mut tx, account.id, &[Purpose::ChangeEmail], now).await?;
    // The caller is not told who has the address; whoever has it is.
    if let Some(other) = store::users::find_by_email(&mut tx, &email).await? {
        tell_owner(&mut tx, &other, now).await?;
    } else {
        let about = About { email: Some(&email), ..About::default() };
        links::send(&state, &mut tx, &account, Purpose::ChangeEmail, about, now).await?;
    }
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(StatusCode::ACCEPTED)
}

/// Tells the owner of an address that somebody tried to use it for another account, once a day.
pub(super) async fn tell_owner(
    tx: &mut PgTransaction<'_>,
    owner: &Account,
    now: contracts::Timestamp,
) -> Result<(), Error> {
    if attempts::took(tx, &format!("taken {}", owner.id), TAKEN_MAILS, now).await? {
        notices::issue(tx, &notices::about(owner, NoticeKind::AddressTaken, now)).await?;
    }
    Ok(())
}
