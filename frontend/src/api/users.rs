//! Accounts as admins see them: `/api/auth/admin`.

use crate::{backend::Api, error::AppError};
use contracts::{
    Page, PageQuery,
    auth::{AdminUserPage, AdminUserView, AuditRow, Ban, BanReceipt, BanView, DeviceView, Unban},
    ids::{BanId, SessionId, UserId},
    listings::SoldListing,
    orders::OrderView,
};

/// What to look for among the users; what is absent filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct UserQuery {
    /// Words in name or address, a whole address, or an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `user` or `admin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `active` or `banned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Signed up on or after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Signed up on or before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What the list goes by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// In which direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `GET /api/auth/admin/users`
pub async fn search(api: &Api, query: &UserQuery) -> Result<AdminUserPage, AppError> {
    api.query("/api/auth/admin/users", query).await
}

/// `GET /api/auth/admin/users/{id}`
pub async fn find(api: &Api, user: UserId) -> Result<AdminUserView, AppError> {
    api.get(&format!("/api/auth/admin/users/{user}")).await
}

/// `GET /api/auth/admin/users/{id}/sessions`
pub async fn sessions(api: &Api, user: UserId, page: &PageQuery) -> Result<Page<DeviceView>, AppError> {
    api.query(&format!("/api/auth/admin/users/{user}/sessions"), page).await
}

/// `DELETE /api/auth/admin/users/{id}/sessions/{session}`
pub async fn end_session(api: &Api, user: UserId, session: SessionId) -> Result<(), AppError> {
    api.delete(&format!("/api/auth/admin/users/{user}/sessions/{session}")).await
}

/// `GET /api/auth/admin/users/{id}/bans`
pub async fn bans(api: &Api, user: UserId, page: &PageQuery) -> Result<Page<BanView>, AppError> {
    api.query(&format!("/api/auth/admin/users/{user}/bans"), page).await
}

/// `GET /api/orders/admin/orders`: what somebody bought.
pub async fn orders(api: &Api, user: UserId, page: &PageQuery) -> Result<Page<OrderView>, AppError> {
    api.query("/api/orders/admin/orders", &of(user, page)).await
}

/// `GET /api/tickets/admin/listings`: what somebody sells.
pub async fn listings(api: &Api, user: UserId, page: &PageQuery) -> Result<Page<SoldListing>, AppError> {
    api.query("/api/tickets/admin/listings", &of(user, page)).await
}

/// A page of what belongs to somebody.
#[derive(serde::Serialize)]
struct Of<'a> {
    user: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u16>,
}

const fn of(user: UserId, page: &PageQuery) -> Of<'_> {
    Of { user, cursor: &page.cursor, limit: page.limit }
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

/// Which admin acts are wanted; what is absent filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AuditQuery {
    /// Id or address of who acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Id or address of whom it concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// On or after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// On or before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Acts of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// `GET /api/auth/admin/audit`
pub async fn audit(api: &Api, query: &AuditQuery) -> Result<Page<AuditRow>, AppError> {
    api.query("/api/auth/admin/audit", query).await
}

/// `GET /api/auth/admin/audit?subject=`: what admins did to an account.
pub async fn acts(api: &Api, user: UserId, page: &PageQuery) -> Result<Page<AuditRow>, AppError> {
    let PageQuery { cursor, limit } = page.clone();
    audit(api, &AuditQuery { subject: Some(user.to_string()), cursor, limit, ..AuditQuery::default() }).await
}
