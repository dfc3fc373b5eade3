//! `GET /api/auth/session`: who is signed in, if anybody.

use crate::{error::Error, state::Auth, store};
use auth::{Caller, Refusal};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use contracts::{Problem, auth::SessionView};

/// Who is signed in. Nobody is an answer; not knowing is not.
#[utoipa::path(get, path = "/api/auth/session", tag = "sessions", responses(
    (status = 200, description = "Who is signed in, or null", body = SessionView),
    (status = 503, description = "`revocations_stale`: this instance cannot know", body = Problem),
))]
#[tracing::instrument(name = "auth.get_session", skip_all)]
pub(crate) async fn get_session(
    State(state): State<Auth>,
    caller: Result<Caller, Refusal>,
) -> Result<impl IntoResponse, Error> {
    let view = match caller {
        Ok(caller) => {
            let mut db = state.pool.acquire().await?;
            let account = store::users::find(&mut db, caller.user).await?;
            let expires_at = account.is_some().then_some(caller.expires_at);
            SessionView { user: account.map(|account| account.view()), expires_at }
        }
        Err(refusal @ (Refusal::Stale | Refusal::NoKeys)) => return Err(refusal.into()),
        Err(_) => SessionView { user: None, expires_at: None },
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(view)))
}
