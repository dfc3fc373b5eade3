//! `POST /api/auth/signin/code`: the second step of signing in, with a code.

use crate::{
    codes, cookies,
    devices::{self, Entry},
    error::Error,
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
use contracts::{Problem, auth::SignedIn, second_factors::SignInWithCode};
use service::Valid;

/// The second step of signing in: a code of the authenticator app, or a recovery code.
#[utoipa::path(post, path = "/api/auth/signin/code", tag = "sessions", request_body = SignInWithCode, responses(
    (status = 200, description = "Signed in; sets both cookies", body = SignedIn),
    (status = 401, description = "`challenge_expired`: begin anew", body = Problem),
    (status = 403, description = "`account_suspended`, or `cross_site`", body = Problem),
    (status = 422, description = "`invalid`: the code is wrong, too old, or was used", body = Problem),
    (status = 429, description = "`rate_limited`: too many codes were wrong", body = Problem),
))]
#[tracing::instrument(name = "auth.signin_with_code", skip_all)]
pub(crate) async fn signin_with_code(
    State(state): State<Auth>,
    method: Method,
    headers: HeaderMap,
    Valid(request): Valid<SignInWithCode>,
) -> Result<impl IntoResponse, Error> {
    let challenge = challenge(&state, &method, &headers, request.challenge.as_deref())?;
    let hash = challenge.ok_or(Error::ChallengeExpired)?.hash();
    let mut tx = state.pool.begin().await?;
    let asked = store::signin_challenges::find(&mut tx, &hash).await?.ok_or(Error::ChallengeExpired)?;
    let account = store::users::lock(&mut tx, asked.user_id).await?.ok_or(Error::ChallengeExpired)?;
    // It is read again now that the user is locked: somebody else may have used it up.
    let asked = store::signin_challenges::find(&mut tx, &hash).await?.ok_or(Error::ChallengeExpired)?;
    let now = state.clock.now();
    asked.still_holds(&account, now)?;
    let mut tx = codes::accept(&state, tx, account.id, &request.code).await?;
    store::signin_challenges::delete(&mut tx, &hash).await?;
    let entry = Entry { headers: &headers, second_factor: true, first: false };
    let signed = devices::begin_with(&state, &mut tx, account, entry, now).await?;
    tx.commit().await?;
    devices::spread(&state, &signed.displaced).await;
    let body = SignedIn { user: signed.account.view(), expires_at: signed.access.expires_at };
    Ok((cookies::set(state.authority.cookies(), &signed), Json(body)))
}

/// The challenge of the first step: the body's, or the cookie's, which only our own pages may use.
pub(super) fn challenge(
    state: &Auth,
    method: &Method,
    headers: &HeaderMap,
    given: Option<&str>,
) -> Result<Option<Challenge>, Error> {
    if let Some(given) = given {
        return Ok(Challenge::parse(given));
    }
    let cookie = auth::cookies::value(headers, state.authority.cookies().challenge);
    if cookie.is_some() {
        state.authority.same_origin(method, headers)?;
    }
    Ok(cookie.and_then(Challenge::parse))
}
