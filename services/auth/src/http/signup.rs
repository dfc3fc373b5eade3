//! `POST /api/auth/signup`: make an account and sign in.

use crate::{
    account::{Account, normal_email},
    common_passwords, cookies, devices,
    error::{Error, breaks},
    http::signin::user_agent,
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

/// Make an account and sign in.
#[utoipa::path(post, path = "/api/auth/signup", tag = "sessions", request_body = SignUp, responses(
    (status = 201, description = "Signed up; sets both cookies", body = SignedIn),
    (status = 409, description = "`email_taken`", body = Problem),
    (status = 422, description = "`invalid`", body = Problem),
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
    let password_hash = state.passwords.hash(&request.password).await?;
    let now = state.clock.now();
    let account = Account {
        id: service::new_id(),
        email,
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
    let signed = devices::begin(&state, &mut tx, account, user_agent(&headers), now).await?;
    tx.commit().await?;
    state.backbone.wake();
    let body = SignedIn { user: signed.account.view(), expires_at: signed.access.expires_at };
    Ok((StatusCode::CREATED, cookies::set(state.authority.cookies(), &signed), Json(body)))
}
