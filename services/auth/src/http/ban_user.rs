//! `PUT /api/auth/admin/users/{id}/ban`: block somebody in every service at once.

use crate::{bans, error::Error, state::Auth};
use auth::Admin;
use axum::{Json, extract::State, http::StatusCode};
use contracts::{
    Problem,
    auth::{Ban, BanReceipt},
    ids::UserId,
};
use service::{Id, Valid};

/// Ban, or change the terms of the ban in force.
#[utoipa::path(put, path = "/api/auth/admin/users/{id}/ban", tag = "admin", params(("id" = UserId, Path,)), request_body = Ban, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The bus has it: where it is effective", body = BanReceipt),
    (status = 202, description = "Committed, not yet effective everywhere: the bus is out of reach", body = BanReceipt),
    (status = 409, description = "`last_admin`: oneself or the last admin", body = Problem),
))]
#[tracing::instrument(name = "auth.ban_user", skip_all, fields(user = %user))]
pub(crate) async fn ban_user(
    State(state): State<Auth>,
    admin: Admin,
    Id(user): Id<UserId>,
    Valid(request): Valid<Ban>,
) -> Result<(StatusCode, Json<BanReceipt>), Error> {
    let receipt = bans::ban(&state, &admin, user, &request).await?;
    let effective = receipt.acknowledged_at.is_some();
    Ok((if effective { StatusCode::OK } else { StatusCode::ACCEPTED }, Json(receipt)))
}
