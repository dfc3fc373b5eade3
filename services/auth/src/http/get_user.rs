//! `GET /api/auth/admin/users/{id}`: one account with its sessions and bans.

use crate::{error::Error, http::list_sessions, state::Auth, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{
    Problem,
    auth::{AdminUserView, BanView},
    ids::UserId,
};
use service::Id;

/// One account.
#[utoipa::path(get, path = "/api/auth/admin/users/{id}", tag = "admin", params(("id" = UserId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The account", body = AdminUserView),
    (status = 404, description = "Unknown", body = Problem),
))]
#[tracing::instrument(name = "auth.get_user", skip_all)]
pub(crate) async fn get_user(
    State(state): State<Auth>,
    admin: Admin,
    Id(id): Id<UserId>,
) -> Result<Json<AdminUserView>, Error> {
    let mut db = state.pool.acquire().await?;
    let account = store::users::find(&mut db, id).await?.ok_or(Error::NotFound)?;
    let sessions = store::sessions::live(&mut db, id, state.clock.now()).await?;
    let bans = store::bans::of_user(&mut db, id).await?;
    Ok(Json(AdminUserView {
        user: account.row(),
        sessions: sessions
            .into_iter()
            .map(|session| list_sessions::view(session, Some(admin.session)))
            .collect(),
        bans: bans.into_iter().map(BanView::from).collect(),
    }))
}
