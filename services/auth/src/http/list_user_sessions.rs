//! `GET /api/auth/admin/users/{id}/sessions`: somebody's signed-in devices, for admins.

use crate::{error::Error, http::list_sessions, state::Auth, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, Problem, auth::DeviceView, ids::UserId};
use service::{Id, ValidQuery};

/// Live sessions, the newest first.
#[utoipa::path(get, path = "/api/auth/admin/users/{id}/sessions", tag = "admin",
    params(("id" = UserId, Path,), ("cursor" = Option<String>, Query,), ("limit" = Option<u16>, Query,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Sessions", body = Page<DeviceView>),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 404, description = "Unknown", body = Problem),
))]
#[tracing::instrument(name = "auth.list_user_sessions", skip_all)]
pub(crate) async fn list_user_sessions(
    State(state): State<Auth>,
    admin: Admin,
    Id(user): Id<UserId>,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<Page<DeviceView>>, Error> {
    let (before, limit) = (super::before(&query)?, query.limit());
    let mut db = state.pool.acquire().await?;
    store::users::find(&mut db, user).await?.ok_or(Error::NotFound)?;
    let live = store::sessions::live_before(&mut db, user, state.clock.now(), before, limit + 1).await?;
    let items = live.into_iter().map(|session| list_sessions::view(session, Some(admin.session))).collect();
    Ok(Json(Page::cut(items, limit, |session| session.id.to_string())))
}
