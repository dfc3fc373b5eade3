//! `GET /api/auth/admin/users`: accounts, newest first.

use crate::{error::Error, state::Auth, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{
    Page, PageQuery, Problem,
    auth::{AdminUserRow, UserStatus},
};
use serde::Deserialize;
use service::ValidQuery;
use utoipa::IntoParams;

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// Part of the name or the address.
    q: Option<String>,
    /// `active` or `banned`.
    status: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 20 where absent.
    limit: Option<u16>,
}

/// Accounts, newest first.
#[utoipa::path(get, path = "/api/auth/admin/users", tag = "admin", params(UserQuery), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Accounts", body = Page<AdminUserRow>),
    (status = 403, description = "Not an admin", body = Problem),
))]
#[tracing::instrument(name = "auth.list_users", skip_all)]
pub(crate) async fn list_users(
    State(state): State<Auth>,
    _: Admin,
    ValidQuery(query): ValidQuery<UserQuery>,
) -> Result<Json<Page<AdminUserRow>>, Error> {
    let status = match query.status.as_deref().filter(|status| !status.is_empty()) {
        None => None,
        Some(word) => {
            Some(word.parse::<UserStatus>().map_err(|_| Error::Query("status is active or banned"))?)
        }
    };
    let before = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Error::Query("cursor is none of ours"))?),
    };
    let limit = PageQuery { cursor: None, limit: query.limit }.limit();
    let pattern = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(contains);
    let banned = status.map(|status| status == UserStatus::Banned);
    let mut db = state.pool.acquire().await?;
    let found =
        store::users::search(&mut db, &store::users::Search { pattern, banned, before, limit }).await?;
    let rows = found.iter().map(crate::account::Account::row).collect();
    Ok(Json(Page::cut(rows, limit, |row: &AdminUserRow| row.id.to_string())))
}

/// A LIKE pattern of text that contains the words as they are.
fn contains(words: &str) -> String {
    let escaped = words.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}
