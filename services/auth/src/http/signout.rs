//! `POST /api/auth/signout`: end this session.

use crate::{cookies, devices, error::Error, state::Auth, store, tokens::RefreshToken};
use auth::{Caller, Refusal, revocation::ReasonCode};
use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::IntoResponse,
};
use contracts::{
    Problem,
    ids::{SessionId, UserId},
};

/// Sign out. Works with either token, and also when the access token has ended.
#[utoipa::path(post, path = "/api/auth/signout", tag = "sessions", responses(
    (status = 204, description = "Signed out; removes both cookies"),
    (status = 403, description = "`cross_site`", body = Problem),
))]
#[tracing::instrument(name = "auth.signout", skip_all)]
pub(crate) async fn signout(
    State(state): State<Auth>,
    method: Method,
    headers: HeaderMap,
    caller: Result<Caller, Refusal>,
) -> Result<impl IntoResponse, Error> {
    let names = state.authority.cookies();
    let refresh = auth::cookies::value(&headers, names.refresh).and_then(RefreshToken::parse);
    if refresh.is_some() {
        state.authority.same_origin(&method, &headers)?;
    }
    let session = match (&caller, refresh) {
        (Ok(caller), _) => Some((caller.user, caller.session)),
        (Err(Refusal::CrossSite), _) => return Err(Refusal::CrossSite.into()),
        (Err(_), Some(token)) => session_of(&state, token).await?,
        (Err(Refusal::Stale | Refusal::NoKeys), None) => return Err(Refusal::Stale.into()),
        (Err(_), None) => None,
    };
    if let Some((user, session)) = session {
        let mut tx = state.pool.begin().await?;
        store::users::lock(&mut tx, user).await?;
        let now = state.clock.now();
        let ended = devices::end(&mut tx, user, session, ReasonCode::SignedOut, now).await?;
        tx.commit().await?;
        devices::spread(&state, &ended).await;
    }
    Ok((StatusCode::NO_CONTENT, cookies::clear(names)))
}

async fn session_of(state: &Auth, token: RefreshToken) -> Result<Option<(UserId, SessionId)>, Error> {
    let mut db = state.pool.acquire().await?;
    let Some(id) = store::refresh_tokens::session_of(&mut db, &token.hash()).await? else { return Ok(None) };
    Ok(store::sessions::find(&mut db, id).await?.map(|session| (session.user_id, session.id)))
}
