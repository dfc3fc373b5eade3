//! `GET /api/auth/admin/ban-imports/{id}`: how far a list has come, as JSON or live.

use super::live::{follow, wants_stream};
use crate::{ban_imports, error::Error, state::Auth};
use auth::Admin;
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use contracts::{
    Problem,
    ban_imports::{BanImportState, BanImportView},
    ids::BanImportId,
};
use service::Id;

/// How far a list has come. With `Accept: text/event-stream`: an event `import` per change.
#[utoipa::path(get, path = "/api/auth/admin/ban-imports/{id}", tag = "admin", params(("id" = BanImportId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The list", body = BanImportView),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 404, description = "Unknown, or forgotten: drafts after a day, others after 90", body = Problem),
))]
#[tracing::instrument(name = "auth.get_ban_import", skip_all)]
pub(crate) async fn get_ban_import(
    State(state): State<Auth>,
    admin: Admin,
    headers: HeaderMap,
    Id(id): Id<BanImportId>,
) -> Result<Response, Error> {
    let import = load(&state, id).await?;
    if !wants_stream(&headers) {
        return Ok(Json(import).into_response());
    }
    let look = move |state: Auth| async move { load(&state, id).await };
    let over = |import: &BanImportView, _| import.state != BanImportState::Running;
    Ok(follow(state, admin.0, "import", look, over))
}

async fn load(state: &Auth, id: BanImportId) -> Result<BanImportView, Error> {
    let mut db = state.pool.acquire().await?;
    ban_imports::view(&mut db, id).await
}
