//! `GET /api/auth/admin/users/{id}/bans`: somebody's bans, for admins.

use crate::{error::Error, state::Auth, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, Problem, auth::BanView, ids::UserId};
use service::{Id, ValidQuery};

/// Every ban, the newest first.
#[utoipa::path(get, path = "/api/auth/admin/users/{id}/bans", tag = "admin",
    params(("id" = UserId, Path,), ("cursor" = Option<String>, Query,), ("limit" = Option<u16>, Query,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Bans", body = Page<BanView>),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 404, description = "Unknown", body = Problem),
))]
#[tracing::instrument(name = "auth.list_user_bans", skip_all)]
pub(crate) async fn list_user_bans(
    State(state): State<Auth>,
    _: Admin,
    Id(user): Id<UserId>,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<Page<BanView>>, Error> {
    let (before, limit) = (super::before(&query)?, query.limit());
    let mut db = state.pool.acquire().await?;
    store::users::find(&mut db, user).await?.ok_or(Error::NotFound)?;
    let bans = store::bans::before(&mut db, user, before, limit + 1).await?;
    Ok(Json(Page::cut(bans.into_iter().map(BanView::from).collect(), limit, |ban| ban.id.to_string())))
}
