//! `POST /api/auth/password/reset`: a new password by a link from a mail. Every device is signed out.

use crate::{
    account::Account,
    attempts::{self, For, Network},
    devices,
    error::Error,
    factors, known_browsers,
    links::{self, Purpose},
    notices,
    state::Auth,
    store,
};
use auth::revocation::{ReasonCode, Revocation};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contracts::{
    Problem,
    auth::{NoticeKind, ResetPassword},
};
use events::{auth::UserFact, outbox};
use service::Valid;

/// Set a new password.
///
/// It signs nobody in: a second factor is asked for where there is one, as at any sign-in. Where nobody had shown before
/// that the address is theirs, the second factors go: whoever signed up with somebody else's address may have added them,
/// and would keep its owner out (ADR 12).
#[utoipa::path(post, path = "/api/auth/password/reset", tag = "recovery", request_body = ResetPassword, responses(
    (status = 204, description = "Set; every session has ended, and so has every link of the account that gives a right to it"),
    (status = 403, description = "`account_suspended`", body = Problem),
    (status = 409, description = "`link_invalid`: unknown, used, or run out", body = Problem),
    (status = 422, description = "`invalid`: the password may not be used; the link still works", body = Problem),
    (status = 503, description = "Too many sign-ins at once", body = Problem),
))]
#[tracing::instrument(name = "auth.reset_password", skip_all)]
pub(crate) async fn reset_password(
    State(state): State<Auth>,
    headers: HeaderMap,
    Valid(request): Valid<ResetPassword>,
) -> Result<StatusCode, Error> {
    // First the link: nobody without one makes us hash.
    let link = links::find(&state, &request.token, &[Purpose::ResetPassword]).await?;
    let known = {
        let mut db = state.pool.acquire().await?;
        store::users::find(&mut db, link.user_id).await?.ok_or(Error::LinkInvalid)?
    };
    devices::refuse_banned(&known)?;
    state.common_passwords.refuse("new", &request.new, &known.email, &known.name).await?;
    let password_hash = state.passwords.hash(&request.new).await?;
    let forgiven = [
        For::SignIn(&known.email, Network::of(&headers)),
        known_browsers::counted_by(&state, &headers, &known.email).await?,
        For::Change(known.id),
    ];
    let revocations = set(&state, &known, (&request.token, &forgiven), password_hash).await?;
    devices::spread(&state, &revocations).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn set(
    state: &Auth,
    known: &Account,
    (secret, forgiven): (&str, &[For<'_>]),
    password_hash: String,
) -> Result<Vec<Revocation>, Error> {
    let (now, reason) = (state.clock.now(), ReasonCode::PasswordChanged);
    let mut tx = state.pool.begin().await?;
    let mut account = store::users::lock(&mut tx, known.id).await?.ok_or(Error::LinkInvalid)?;
    devices::refuse_banned(&account)?;
    links::use_up(&mut tx, secret, now).await?;
    account.password_hash = password_hash;
    account.version += 1;
    if account.email_confirmed_at.is_none() {
        // Only who has the mailbox has the link.
        account.email_confirmed_at = Some(now);
        factors::drop_unproven(state, &mut tx, &account).await?;
    }
    store::users::update(&mut tx, &account).await?;
    store::links::end_all(&mut tx, account.id, &Purpose::RIGHTS, now).await?;
    for whom in forgiven {
        attempts::forgive(&mut tx, *whom).await?;
    }
    let ended = store::sessions::revoke_all(&mut tx, account.id, None, reason, now).await?;
    let revocations = devices::revoke_sessions(&mut tx, &ended, reason, now).await?;
    outbox::publish(&mut tx, UserFact::Changed, &account.state()).await?;
    notices::issue(&mut tx, &notices::about(&account, NoticeKind::PasswordChanged, now)).await?;
    tx.commit().await?;
    Ok(revocations)
}
