//! `DELETE /api/auth/admin/users/{id}/ban`: lift a ban. Tokens from before it stay dead.

use crate::{bans, error::Error, state::Auth};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{
    Problem,
    auth::{BanReceipt, Unban},
    ids::UserId,
};
use service::{Id, Valid};

/// Lift the ban.
#[utoipa::path(delete, path = "/api/auth/admin/users/{id}/ban", tag = "admin", params(("id" = UserId, Path,)), request_body = Unban, security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Lifted", body = BanReceipt),
    (status = 409, description = "`state_conflict`: not banned", body = Problem),
))]
#[tracing::instrument(name = "auth.unban_user", skip_all, fields(user = %user))]
pub(crate) async fn unban_user(
    State(state): State<Auth>,
    admin: Admin,
    Id(user): Id<UserId>,
    Valid(request): Valid<Unban>,
) -> Result<Json<BanReceipt>, Error> {
    let ban = bans::lift(&state, user, Some(&admin), request.note.trim()).await?;
    bans::receipt(&state, ban).await.map(Json)
}
