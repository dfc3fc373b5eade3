//! `POST /api/auth/signin`: the same answer and time for an unknown address.

use super::entered::{Asked, Entered};
use crate::{
    account::{Account, normal_email},
    attempts, devices,
    error::Error,
    known_browsers,
    state::Auth,
    store,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use contracts::{
    Problem,
    auth::{PASSWORD_MAX, SignIn, SignedIn},
    second_factors::SecondFactorAsked,
};
use service::Valid;

/// Sign in.
#[utoipa::path(post, path = "/api/auth/signin", tag = "sessions", request_body = SignIn, responses(
    (status = 200, description = "Signed in; sets both cookies", body = SignedIn),
    (status = 202, description = "The password was right, and a second factor is needed; sets the challenge's cookie", body = SecondFactorAsked),
    (status = 401, description = "`wrong_credentials`", body = Problem),
    (status = 403, description = "`account_suspended`, after the right password only", body = Problem),
    (status = 429, description = "`rate_limited`: too many wrong passwords for this account from this network", body = Problem),
    (status = 503, description = "Too many sign-ins at once", body = Problem),
))]
#[tracing::instrument(name = "auth.signin", skip_all)]
pub(crate) async fn signin(
    State(state): State<Auth>,
    headers: HeaderMap,
    Valid(request): Valid<SignIn>,
) -> Result<Response, Error> {
    let email = normal_email(&request.email);
    let known = {
        let mut db = state.pool.acquire().await?;
        store::users::find_by_email(&mut db, &email).await?
    };
    let entered = enter(&state, &headers, &email, known, &request.password).await?;
    Ok(entered.answer(state.authority.cookies(), StatusCode::OK))
}

/// Begins a session of whoever knows the password of the account that was found, if any was; where it has a second
/// factor, asks for that first.
pub(super) async fn enter(
    state: &Auth,
    headers: &HeaderMap,
    email: &str,
    known: Option<Account>,
    password: &str,
) -> Result<Entered, Error> {
    let stored = known.as_ref().map(|account| account.password_hash.as_str());
    // What is longer than any password may be is none.
    let plausible = password.chars().count() <= PASSWORD_MAX;
    let password = if plausible { password } else { "" };
    let whom = known_browsers::counted_by(state, headers, email).await?;
    if !attempts::matches(state, whom, password, stored).await? {
        return Err(Error::WrongCredentials);
    }
    let compared = known.ok_or(Error::WrongCredentials)?;
    let mut tx = state.pool.begin().await?;
    let account = store::users::lock(&mut tx, compared.id).await?.ok_or(Error::WrongCredentials)?;
    if account.password_hash != compared.password_hash {
        return Err(Error::WrongCredentials); // It was changed while we compared.
    }
    devices::refuse_banned(&account)?;
    let now = state.clock.now();
    let factors = store::second_factors::of(&mut tx, account.id).await?;
    if factors.any() {
        let asked = Asked::begin(&mut tx, &account, factors, now).await?;
        tx.commit().await?;
        return Ok(Entered::Asked(asked));
    }
    let signed = devices::begin(state, &mut tx, account, headers, now).await?;
    tx.commit().await?;
    devices::spread(state, &signed.displaced).await;
    Ok(Entered::Signed(Box::new(signed)))
}
