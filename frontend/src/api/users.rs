//! Accounts as admins see them: `/api/auth/admin`.

use crate::{backend::Api, error::AppError};
use contracts::{
    Page, PageQuery,
    auth::{AdminUserRow, AdminUserView, AuditRow, Ban, BanReceipt, Unban},
    ids::{BanId, UserId},
};

/// What to look for among the users.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UserQuery {
    /// Words in name or address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `active` or `banned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `GET /api/auth/admin/users`
pub async fn search(api: &Api, query: &UserQuery) -> Result<Page<AdminUserRow>, AppError> {
    api.query("/api/auth/admin/users", query).await
}

/// `GET /api/auth/admin/users/{id}`
pub async fn find(api: &Api, user: UserId) -> Result<AdminUserView, AppError> {
    api.get(&format!("/api/auth/admin/users/{user}")).await
}

/// `PUT /api/auth/admin/users/{id}/ban`
pub async fn ban(api: &Api, user: UserId, request: &Ban) -> Result<BanReceipt, AppError> {
    api.put(&format!("/api/auth/admin/users/{user}/ban"), request).await
}

/// `DELETE /api/auth/admin/users/{id}/ban`
pub async fn unban(api: &Api, user: UserId, request: &Unban) -> Result<(), AppError> {
    api.delete_with::<serde_json::Value>(&format!("/api/auth/admin/users/{user}/ban"), request)
        .await
        .map(drop)
}

/// `GET /api/auth/admin/bans/{id}/receipt`
pub async fn receipt(api: &Api, ban: BanId) -> Result<BanReceipt, AppError> {
    api.get(&receipt_path(ban)).await
}

/// Where the browser follows how far a ban has come.
pub fn receipt_path(ban: BanId) -> String {
    format!("/api/auth/admin/bans/{ban}/receipt")
}

/// `GET /api/auth/admin/audit`
pub async fn audit(api: &Api, page: &PageQuery) -> Result<Page<AuditRow>, AppError> {
    api.query("/api/auth/admin/audit", page).await
}
