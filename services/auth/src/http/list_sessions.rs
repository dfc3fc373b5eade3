//! `GET /api/auth/sessions`: the caller's devices.

use crate::{error::Error, state::Auth, store};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{Page, Problem, auth::DeviceView, ids::SessionId};

/// The caller's signed-in devices, last used first.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "sessions", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Devices", body = Page<DeviceView>),
    (status = 401, description = "No identity", body = Problem),
))]
#[tracing::instrument(name = "auth.list_sessions", skip_all)]
pub(crate) async fn list_sessions(
    State(state): State<Auth>,
    caller: Caller,
) -> Result<Json<Page<DeviceView>>, Error> {
    let mut db = state.pool.acquire().await?;
    let sessions = store::sessions::live(&mut db, caller.user, state.clock.now()).await?;
    let items = sessions.into_iter().map(|session| view(session, Some(caller.session))).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

/// A session as people see it.
pub(super) fn view(session: store::sessions::Session, current: Option<SessionId>) -> DeviceView {
    DeviceView {
        id: session.id,
        user_agent: session.user_agent,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        current: current == Some(session.id),
    }
}
