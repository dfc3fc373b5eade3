//! Lists of people to ban: `/api/auth/admin/ban-imports`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
};
use axum::body::Bytes;
use contracts::{
    Page,
    ban_imports::{BanImportLine, BanImportLines, BanImportView},
    ids::BanImportId,
};

/// `POST /api/auth/admin/ban-imports`
pub async fn create(api: &Api, list: Bytes, key: &IdempotencyKey) -> Result<BanImportView, AppError> {
    api.create_from("/api/auth/admin/ban-imports", "text/csv", list, key).await
}

/// `GET /api/auth/admin/ban-imports/{id}`
pub async fn find(api: &Api, id: BanImportId) -> Result<BanImportView, AppError> {
    api.get(&path(id)).await
}

/// Where the browser follows how far a list has come.
pub fn path(id: BanImportId) -> String {
    format!("/api/auth/admin/ban-imports/{id}")
}

/// Which lines.
#[derive(serde::Serialize)]
struct Query<'a> {
    only: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    limit: u16,
}

/// `GET /api/auth/admin/ban-imports/{id}/lines`
pub async fn lines(
    api: &Api,
    id: BanImportId,
    only: BanImportLines,
    cursor: Option<&str>,
) -> Result<Page<BanImportLine>, AppError> {
    let query = Query { only: only.as_str(), cursor, limit: 100 };
    api.query(&format!("{}/lines", path(id)), &query).await
}

/// `POST /api/auth/admin/ban-imports/{id}/confirm`
pub async fn confirm(api: &Api, id: BanImportId) -> Result<BanImportView, AppError> {
    api.post(&format!("{}/confirm", path(id)), &serde_json::json!({})).await
}
