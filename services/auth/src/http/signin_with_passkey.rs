//! `POST /api/auth/signin/passkey`: sign in with a passkey, alone or as the second step.

use super::signin_with_code::challenge;
use crate::{
    cookies,
    devices::{self, Entry},
    error::Error,
    passkeys,
    second_factor::Challenge,
    state::Auth,
    store,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method},
    response::IntoResponse,
};
use contracts::{Problem, auth::SignedIn, ids::UserId, second_factors::SignInWithPasskey};
use service::Valid;
use sqlx::PgTransaction;

/// Sign in with a passkey. It verifies its user, so it is two factors; after a password it must be one of that account.
#[utoipa::path(post, path = "/api/auth/signin/passkey", tag = "sessions", request_body = SignInWithPasskey, responses(
    (status = 200, description = "Signed in; sets both cookies", body = SignedIn),
    (status = 401, description = "`wrong_credentials`: the passkey is not known, or did not sign what it was asked", body = Problem),
    (status = 403, description = "`account_suspended`, or `cross_site`", body = Problem),
    (status = 409, description = "`state_conflict`: there are no passkeys on an address without a domain name", body = Problem),
))]
#[tracing::instrument(name = "auth.signin_with_passkey", skip_all)]
pub(crate) async fn signin_with_passkey(
    State(state): State<Auth>,
    method: Method,
    headers: HeaderMap,
    Valid(request): Valid<SignInWithPasskey>,
) -> Result<impl IntoResponse, Error> {
    let first_step = challenge(&state, &method, &headers, request.challenge.as_deref())?;
    let answer = passkeys::answer(&state, request.credential).await?;
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, answer.user).await?.ok_or(Error::PasskeyRefused)?;
    passkeys::verify(&state, &mut tx, answer).await?;
    devices::refuse_banned(&account)?;
    finish_first_step(&mut tx, first_step, account.id).await?;
    let entry = Entry { headers: &headers, second_factor: true, first: false };
    let signed = devices::begin_with(&state, &mut tx, account, entry, state.clock.now()).await?;
    tx.commit().await?;
    devices::spread(&state, &signed.displaced).await;
    let body = SignedIn { user: signed.account.view(), expires_at: signed.access.expires_at };
    Ok((cookies::set(state.authority.cookies(), &signed), Json(body)))
}

/// Whoever gave the password of one account does not enter another by mistake. What is left of a first step that is over
/// does not matter: the passkey needs none.
async fn finish_first_step(
    tx: &mut PgTransaction<'_>,
    first_step: Option<Challenge>,
    user: UserId,
) -> Result<(), Error> {
    let Some(challenge) = first_step else { return Ok(()) };
    let hash = challenge.hash();
    let asked = store::signin_challenges::find(tx, &hash).await?;
    if asked.is_some_and(|asked| asked.user_id != user) {
        return Err(Error::PasskeyRefused);
    }
    Ok(store::signin_challenges::delete(tx, &hash).await?)
}
