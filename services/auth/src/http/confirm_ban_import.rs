//! `POST /api/auth/admin/ban-imports/{id}/confirm`: ban the people of a list that was read.

use crate::{ban_imports, error::Error, state::Auth};
use auth::Admin;
use axum::{Json, extract::State, http::StatusCode};
use contracts::{Problem, ban_imports::BanImportView, ids::BanImportId};
use service::Id;

/// Ban everybody of a list but those who are left out. Confirming again changes nothing.
#[utoipa::path(post, path = "/api/auth/admin/ban-imports/{id}/confirm", tag = "admin", params(("id" = BanImportId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 202, description = "Confirmed, now or before: the bans are being made", body = BanImportView),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 404, description = "Unknown, or a draft of more than a day ago", body = Problem),
))]
#[tracing::instrument(name = "auth.confirm_ban_import", skip_all, fields(import = %id))]
pub(crate) async fn confirm_ban_import(
    State(state): State<Auth>,
    admin: Admin,
    Id(id): Id<BanImportId>,
) -> Result<(StatusCode, Json<BanImportView>), Error> {
    Ok((StatusCode::ACCEPTED, Json(ban_imports::confirm(&state, &admin, id).await?)))
}
