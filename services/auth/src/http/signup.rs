//! `POST /api/auth/signup`: make an account and sign in.

use crate::{
    account::{Account, normal_email},
    common_passwords, cookies,
    devices::{self, Signed},
    error::{Error, breaks},
    http::signin::{self, user_agent},
    state::Auth,
    store,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use contracts::{
    Problem,
    auth::{Role, SignUp, SignedIn},
};
use events::{auth::UserFact, outbox};
use service::Valid;

/// Make an account and sign in. Whoever gives the password of an account that exists is signed in to it.
///
/// A form that is sent twice (a double click without JavaScript, a lost answer) must not end in `email_taken` with the
/// cookies of the first answer lost. No key is stored for that: whoever knows the password may sign in anyway, so the
/// second request is a sign-in, as guarded and as counted as one. Anybody else is told `email_taken` as ever. Both
/// cost one password hash, as does a new account.
#[utoipa::path(post, path = "/api/auth/signup", tag = "sessions", request_body = SignUp, responses(
    (status = 201, description = "Signed up; sets both cookies", body = SignedIn),
    (status = 200, description = "The account existed and this is its password: signed in; sets both cookies", body = SignedIn),
    (status = 403, description = "`account_suspended`, with the right password only", body = Problem),
    (status = 409, description = "`email_taken`", body = Problem),
    (status = 422, description = "`invalid`", body = Problem),
    (status = 429, description = "`rate_limited`: too many wrong passwords for this account from this network", body = Problem),
    (status = 503, description = "Too many sign-ins at once", body = Problem),
))]
#[tracing::instrument(name = "auth.signup", skip_all)]
pub(crate) async fn signup(
    State(state): State<Auth>,
    headers: HeaderMap,
    Valid(request): Valid<SignUp>,
) -> Result<impl IntoResponse, Error> {
    let email = normal_email(&request.email);
    common_passwords::refuse("password", &request.password, &email, &request.name)?;
    let (status, signed) = match find(&state, &email).await? {
        Some(known) => (StatusCode::OK, return_to(&state, &headers, known, &request).await?),
        None => match register(&state, &headers, &email, &request).await {
            // The same form was sent at the same moment, and the other one came first.
            Err(Error::EmailTaken) => {
                let known = find(&state, &email).await?.ok_or(Error::EmailTaken)?;
                (StatusCode::OK, return_to(&state, &headers, known, &request).await?)
            }
            registered => (StatusCode::CREATED, registered?),
        },
    };
    let body = SignedIn { user: signed.account.view(), expires_at: signed.access.expires_at };
    Ok((status, cookies::set(state.authority.cookies(), &signed), Json(body)))
}

async fn find(state: &Auth, email: &str) -> Result<Option<Account>, Error> {
    let mut db = state.pool.acquire().await?;
    Ok(store::users::find_by_email(&mut db, email).await?)
}

async fn return_to(
    state: &Auth,
    headers: &HeaderMap,
    known: Account,
    request: &SignUp,
) -> Result<Signed, Error> {
    let email = known.email.clone();
    signin::enter(state, headers, &email, Some(known), &request.password).await.map_err(|error| match error {
        Error::WrongCredentials => Error::EmailTaken,
        other => other,
    })
}

async fn register(state: &Auth, headers: &HeaderMap, email: &str, request: &SignUp) -> Result<Signed, Error> {
    let password_hash = state.passwords.hash(&request.password).await?;
    let now = state.clock.now();
    let account = Account {
        id: service::new_id(),
        email: email.to_owned(),
        name: request.name.trim().to_owned(),
        password_hash,
        role: Role::User,
        generation: 1,
        version: 1,
        created_at: now,
        last_seen_at: Some(now),
        ban: None,
    };
    let mut tx = state.pool.begin().await?;
    store::users::insert(&mut tx, &account)
        .await
        .map_err(|error| if breaks(&error, "users_email_key") { Error::EmailTaken } else { error.into() })?;
    outbox::publish(&mut tx, UserFact::Registered, &account.state()).await?;
    let signed = devices::begin(state, &mut tx, account, user_agent(headers), now).await?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(signed)
}
