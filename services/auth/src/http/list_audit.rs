//! `GET /api/auth/admin/audit`: admin acts, newest first.

use crate::{error::Error, state::Auth, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, Problem, auth::AuditRow};
use service::ValidQuery;

/// Admin acts, newest first.
#[utoipa::path(get, path = "/api/auth/admin/audit", tag = "admin",
    params(("cursor" = Option<String>, Query,), ("limit" = Option<u16>, Query,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Acts", body = Page<AuditRow>),
    (status = 403, description = "Not an admin", body = Problem),
))]
#[tracing::instrument(name = "auth.list_audit", skip_all)]
pub(crate) async fn list_audit(
    State(state): State<Auth>,
    _: Admin,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<Page<AuditRow>>, Error> {
    let before = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Error::Query("cursor is none of ours"))?),
    };
    let mut db = state.pool.acquire().await?;
    let rows = store::audit::list(&mut db, before, query.limit()).await?;
    Ok(Json(Page::cut(rows, query.limit(), |row| row.id.to_string())))
}
