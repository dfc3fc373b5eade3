//! `GET /api/auth/admin/ban-imports/{id}/lines`: what would become, or became, of each line of a list.

use super::filters::word;
use crate::{ban_imports, error::Error, state::Auth, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{
    Page, PageQuery, Problem,
    ban_imports::{BanImportLine, BanImportLines},
    ids::BanImportId,
};
use serde::Deserialize;
use service::{Id, ValidQuery};
use utoipa::IntoParams;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LinesQuery {
    /// `all` where absent, or `left_out`.
    only: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 20 where absent.
    limit: Option<u16>,
}

/// Lines of a list, in its order.
#[utoipa::path(get, path = "/api/auth/admin/ban-imports/{id}/lines", tag = "admin", params(("id" = BanImportId, Path,), LinesQuery), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Lines", body = Page<BanImportLine>),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 404, description = "Unknown", body = Problem),
))]
#[tracing::instrument(name = "auth.list_ban_import_lines", skip_all)]
pub(crate) async fn list_ban_import_lines(
    State(state): State<Auth>,
    _: Admin,
    Id(id): Id<BanImportId>,
    ValidQuery(query): ValidQuery<LinesQuery>,
) -> Result<Json<Page<BanImportLine>>, Error> {
    let only = word(query.only.as_deref(), "only is all or left_out")?.unwrap_or(BanImportLines::All);
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let (after, limit) = (super::before(&page)?.unwrap_or(0), page.limit());
    let mut db = state.pool.acquire().await?;
    ban_imports::view(&mut db, id).await?;
    let left_out = only == BanImportLines::LeftOut;
    let lines = store::ban_imports::lines(&mut db, id, left_out, after, limit + 1).await?;
    Ok(Json(Page::cut(lines, limit, |line| line.line.to_string())))
}
