//! `POST /api/auth/admin/ban-imports`: read a list of people to ban. Nothing happens to anybody yet.

use crate::{ban_imports, error::Error, state::Auth};
use auth::Admin;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, header},
};
use contracts::{Problem, ban_imports::BanImportView};
use service::{Created, IdempotencyKey};

/// Read a list as comma-separated values: columns `user` (an address or an id) and `reason`, and where wanted `until`
/// and `tickets`. The same list under the same key is the same one.
#[utoipa::path(post, path = "/api/auth/admin/ban-imports", tag = "admin",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body(content = String, content_type = "text/csv"), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 201, description = "Read: look at its lines, then confirm it", body = BanImportView),
    (status = 400, description = "`idempotency_key_invalid`", body = Problem),
    (status = 403, description = "Not an admin", body = Problem),
    (status = 415, description = "`unsupported_media_type`: it is no text/csv", body = Problem),
    (status = 422, description = "`invalid`: it is no list, and why; `idempotency_key_reused`", body = Problem),
))]
#[tracing::instrument(name = "auth.create_ban_import", skip_all)]
pub(crate) async fn create_ban_import(
    State(state): State<Auth>,
    admin: Admin,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    list: Bytes,
) -> Result<Created<BanImportView>, Error> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/csv")) {
        return Err(Error::UnsupportedMediaType);
    }
    ban_imports::draft(&state, &admin, &key, &list).await.map(Created)
}
