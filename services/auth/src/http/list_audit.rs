//! `GET /api/auth/admin/audit`: admin acts, filtered, newest first.

use super::filters::{given, span};
use crate::{account::normal_email, error::Error, state::Auth, store, store::audit::Filter};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, Problem, auth::AuditRow, ids::UserId};
use serde::Deserialize;
use service::ValidQuery;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

/// The longest word for an act.
const ACTION_MAX_CHARS: usize = 64;
/// No account has this id.
const NOBODY: UserId = UserId::from_uuid(Uuid::nil());

/// Which acts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Id or address of who acted.
    actor: Option<String>,
    /// Id or address of whom it concerned.
    subject: Option<String>,
    /// What was done, such as `user.ban`.
    action: Option<String>,
    /// On or after this day in UTC, such as 2026-11-20, or at or after this instant.
    from: Option<String>,
    /// On or before this day in UTC, or before this instant.
    to: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 20 where absent.
    limit: Option<u16>,
}

/// Admin acts, newest first.
#[utoipa::path(get, path = "/api/auth/admin/audit", tag = "admin", params(AuditQuery), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Acts", body = Page<AuditRow>),
    (status = 403, description = "Not an admin", body = Problem),
))]
#[tracing::instrument(name = "auth.list_audit", skip_all)]
pub(crate) async fn list_audit(
    State(state): State<Auth>,
    _: Admin,
    ValidQuery(query): ValidQuery<AuditQuery>,
) -> Result<Json<Page<AuditRow>>, Error> {
    let (from, until) = span(query.from.as_deref(), query.to.as_deref())?;
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let (before, limit) = (super::before(&page)?, page.limit());
    let mut db = state.pool.acquire().await?;
    let actor = person(&mut db, query.actor.as_deref()).await?;
    let subject = person(&mut db, query.subject.as_deref()).await?;
    let action: Option<String> = given(query.action.as_deref())
        .map(|action| action.chars().filter(|c| !c.is_control()).take(ACTION_MAX_CHARS).collect());
    let filter = Filter { actor, subject, action, from, until };
    let rows = store::audit::list(&mut db, &filter, before, limit + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id.to_string())))
}

/// Whom a filter names, by id or by whole address: an address of nobody is [`NOBODY`]'s, so that it finds nothing.
async fn person(db: &mut PgConnection, text: Option<&str>) -> Result<Option<UserId>, Error> {
    let Some(text) = given(text) else { return Ok(None) };
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    let address = normal_email(text).replace('\0', "");
    let found = store::users::find_by_email(db, &address).await?;
    Ok(Some(found.map_or(NOBODY, |account| account.id)))
}
