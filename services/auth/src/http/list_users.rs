//! `GET /api/auth/admin/users`: accounts, filtered, in one of three orders, page by page in both directions.

mod cursor;

use super::filters::{given, span, word};
use crate::{
    account::normal_email,
    error::Error,
    state::Auth,
    store::user_search::{self, COUNT_MAX, Filter, Order, Page, Words},
};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{
    PageQuery, Problem,
    auth::{AdminUserPage, AdminUserRow, Found, UserSort},
    shows::Direction,
    validate::is_email,
};
use cursor::{Cursor, Side};
use serde::Deserialize;
use service::ValidQuery;
use sqlx::PgConnection;
use utoipa::IntoParams;

/// Longer words are in no name and in no address.
const WORDS_MAX_CHARS: usize = 256;

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// Part of the name or the address; a whole address or an id finds that account alone.
    q: Option<String>,
    /// `user` or `admin`.
    role: Option<String>,
    /// `active` or `banned`.
    status: Option<String>,
    /// Signed up on or after this day in UTC, such as 2026-11-20, or at or after this instant.
    from: Option<String>,
    /// Signed up on or before this day in UTC, or before this instant.
    to: Option<String>,
    /// `registered` where absent, `name` or `last_seen`.
    sort: Option<String>,
    /// `asc` or `desc`; where absent, names ascend and times descend.
    order: Option<String>,
    /// `next_cursor` or `previous_cursor` of another page of the same question.
    cursor: Option<String>,
    /// 1 to 100; 20 where absent.
    limit: Option<u16>,
}

/// Accounts, the newest first unless another order is asked for.
#[utoipa::path(get, path = "/api/auth/admin/users", tag = "admin", params(UserQuery), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Accounts", body = AdminUserPage),
    (status = 403, description = "Not an admin", body = Problem),
))]
#[tracing::instrument(name = "auth.list_users", skip_all)]
pub(crate) async fn list_users(
    State(state): State<Auth>,
    _: Admin,
    ValidQuery(query): ValidQuery<UserQuery>,
) -> Result<Json<AdminUserPage>, Error> {
    let order = order(&query)?;
    let mut filter = filter(&query)?;
    let cursor = given(query.cursor.as_deref()).map(str::parse::<Cursor>).transpose()?;
    let limit = PageQuery { cursor: None, limit: query.limit }.limit();
    let mut db = state.pool.acquire().await?;
    if let Some(Words::Address(address)) = &filter.words
        && !user_search::has_address(&mut db, address).await?
    {
        filter.words = Some(Words::Part(address.clone()));
    }
    let page = page(&mut db, cursor, order.by).await?;
    let accounts = user_search::page(&mut db, &filter, order, &page, limit).await?;
    let count = user_search::count(&mut db, &filter).await?;
    Ok(Json(cut(accounts, &page, order.by, limit, found(count))))
}

fn order(query: &UserQuery) -> Result<Order, Error> {
    let by =
        word(query.sort.as_deref(), "sort is registered, name or last_seen")?.unwrap_or(UserSort::Registered);
    let natural = match by {
        UserSort::Name => Direction::Ascending,
        UserSort::Registered | UserSort::LastSeen => Direction::Descending,
    };
    let direction = word(query.order.as_deref(), "order is asc or desc")?.unwrap_or(natural);
    Ok(Order { by, direction })
}

fn filter(query: &UserQuery) -> Result<Filter, Error> {
    let (from, until) = span(query.from.as_deref(), query.to.as_deref())?;
    Ok(Filter {
        words: given(query.q.as_deref()).map(words),
        role: word(query.role.as_deref(), "role is user or admin")?,
        status: word(query.status.as_deref(), "status is active or banned")?,
        from,
        until,
    })
}

/// An id, a whole address, or a part of a name or an address. The database knows no character zero.
fn words(text: &str) -> Words {
    let text: String = text.chars().filter(|c| !c.is_control()).take(WORDS_MAX_CHARS).collect();
    if let Ok(id) = text.parse() {
        return Words::Id(id);
    }
    let address = normal_email(&text);
    if is_email(&address) { Words::Address(address) } else { Words::Part(text) }
}

/// Names are in no cursor, since addresses of pages are kept in many places: the account says its own.
async fn page(db: &mut PgConnection, cursor: Option<Cursor>, by: UserSort) -> Result<Page, Error> {
    let Some(Cursor { side, mut place }) = cursor else { return Ok(Page::First) };
    if by == UserSort::Name {
        place = user_search::name_place(db, place.id).await?.ok_or(cursor::UNKNOWN)?;
    }
    Ok(match side {
        Side::After => Page::After(place),
        Side::Before => Page::Before(place),
    })
}

fn found(count: i64) -> Found {
    let counted = u32::try_from(count.min(COUNT_MAX)).unwrap_or_default();
    Found { count: counted, more: count > COUNT_MAX }
}

/// A page as it is read, whichever way it was found.
fn cut(mut items: Vec<AdminUserRow>, page: &Page, by: UserSort, limit: i64, found: Found) -> AdminUserPage {
    let limit = usize::try_from(limit).unwrap_or(usize::from(PageQuery::MAX_LIMIT));
    let beyond = items.len() > limit;
    items.truncate(limit);
    let (before, after) = match page {
        Page::First => (false, beyond),
        Page::After(_) => (true, beyond),
        Page::Before(_) => {
            items.reverse();
            (beyond, true)
        }
    };
    let cursor = |side, row: &AdminUserRow| Cursor::at(side, row, by).to_string();
    AdminUserPage {
        next_cursor: items.last().filter(|_| after).map(|row| cursor(Side::After, row)),
        previous_cursor: items.first().filter(|_| before).map(|row| cursor(Side::Before, row)),
        items,
        found,
    }
}
