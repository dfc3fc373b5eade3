//! `POST /api/auth/email/confirm`: the address of a mail is the reader's; `POST …/confirmation` sends the link again.

use crate::{
    account::Account,
    attempts::{self, Bound},
    devices,
    error::{Error, breaks},
    links::{self, About, Purpose},
    notices,
    state::Auth,
    store,
};
use auth::Caller;
use axum::{Json, extract::State, http::StatusCode};
use chrono::TimeDelta;
use contracts::{
    Problem,
    auth::{ConfirmedEmail, FollowLink, NoticeKind},
};
use events::{auth::UserFact, outbox};
use service::Valid;

/// Links that one account may have sent to its address.
const LINKS: Bound = Bound { max: 5, window: TimeDelta::hours(1), grows: false };

/// Confirm an address by the link that was sent to it, in whatever browser. Of a new address: it is the account's from
/// now on, and the old one is told.
#[utoipa::path(post, path = "/api/auth/email/confirm", tag = "recovery", request_body = FollowLink, responses(
    (status = 200, description = "Confirmed", body = ConfirmedEmail),
    (status = 403, description = "`account_suspended`", body = Problem),
    (status = 409, description = "`link_invalid`: unknown, used, or run out; `email_taken`: another account has confirmed it meanwhile", body = Problem),
))]
#[tracing::instrument(name = "auth.confirm_email", skip_all)]
pub(crate) async fn confirm_email(
    State(state): State<Auth>,
    Valid(request): Valid<FollowLink>,
) -> Result<Json<ConfirmedEmail>, Error> {
    let link = links::find(&state, &request.token, &[Purpose::ConfirmEmail, Purpose::ChangeEmail]).await?;
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    let before = store::users::lock(&mut tx, link.user_id).await?.ok_or(Error::LinkInvalid)?;
    devices::refuse_banned(&before)?;
    links::use_up(&mut tx, &request.token, now).await?;
    let after = Account {
        email: link.email,
        email_confirmed_at: Some(now),
        version: before.version + 1,
        ..before.clone()
    };
    store::users::update(&mut tx, &after)
        .await
        .map_err(|error| if breaks(&error, "users_email_key") { Error::EmailTaken } else { error.into() })?;
    outbox::publish(&mut tx, UserFact::Changed, &after.state()).await?;
    if after.email != before.email {
        // Links that lie in the old mailbox give no right any more.
        store::links::end_all(&mut tx, after.id, &Purpose::RIGHTS, now).await?;
        notices::issue(&mut tx, &notices::about(&before, NoticeKind::EmailChanged, now)).await?;
    }
    tx.commit().await?;
    state.backbone.wake();
    Ok(Json(ConfirmedEmail { email: after.email }))
}

/// Send the link that confirms the caller's address again.
#[utoipa::path(post, path = "/api/auth/email/confirmation", tag = "recovery", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 202, description = "A link is on its way"),
    (status = 409, description = "`state_conflict`: the address is confirmed", body = Problem),
    (status = 429, description = "`rate_limited`: enough links are on their way", body = Problem),
))]
#[tracing::instrument(name = "auth.send_confirmation", skip_all)]
pub(crate) async fn send_confirmation(
    State(state): State<Auth>,
    caller: Caller,
) -> Result<StatusCode, Error> {
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, caller.user).await?.ok_or(Error::NotFound)?;
    if account.email_confirmed_at.is_some() {
        return Err(Error::StateConflict("The address is confirmed already"));
    }
    attempts::take(&mut tx, &format!("confirmation of {}", account.id), LINKS, now).await?;
    links::send(&state, &mut tx, &account, Purpose::ConfirmEmail, About::default(), now).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(StatusCode::ACCEPTED)
}
