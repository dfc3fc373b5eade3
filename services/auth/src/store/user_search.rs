//! Accounts as admins look for them: filtered, in one of three orders, page by page in both directions.
//!
//! Statements are written for the filters that are there and planned with their values: which index serves a search
//! depends on how common its words are. Each order has an index, and so have the words; none reads the whole table.

use contracts::{
    Timestamp,
    auth::{AdminUserRow, Role, UserSort, UserStatus},
    ids::UserId,
    shows::Direction,
};
use sqlx::{Connection, PgConnection, Postgres, QueryBuilder};

/// Accounts are counted so far; where there are more, that is said instead.
pub(crate) const COUNT_MAX: i64 = 1_000;
/// Accounts that are passed by in the order of names before the words are found first instead.
const NEAR_MAX: i64 = 20_000;
/// Shorter words match the beginning of a word alone: they are in nearly every text.
const PART_MIN_CHARS: usize = 3;
/// So do words of fewer letters and digits, whatever is between them: the index knows nothing of a single one.
const PART_MIN_ALPHANUMERIC: usize = 2;

/// Whom to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// The account of this id.
    Id(UserId),
    /// The account of exactly this address.
    Address(String),
    /// Those that have this in name or address.
    Part(String),
}

/// Which accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) words: Option<Words>,
    pub(crate) role: Option<Role>,
    pub(crate) status: Option<UserStatus>,
    /// Signed up at or after.
    pub(crate) from: Option<Timestamp>,
    /// Signed up before.
    pub(crate) until: Option<Timestamp>,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) by: UserSort,
    pub(crate) direction: Direction,
}

/// Where an account stands in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) key: Key,
    pub(crate) id: UserId,
}

/// What an order goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    At(Timestamp),
    Never,
    Name(String),
}

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    First,
    After(Place),
    Before(Place),
}

#[derive(sqlx::FromRow)]
struct Row {
    id: UserId,
    email: String,
    name: String,
    #[sqlx(try_from = "String")]
    role: Role,
    banned: bool,
    created_at: Timestamp,
    last_seen_at: Option<Timestamp>,
}

impl From<Row> for AdminUserRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role,
            status: if row.banned { UserStatus::Banned } else { UserStatus::Active },
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

/// The accounts of a page, in its order; one more than the limit where there are more beyond it.
pub(crate) async fn page(
    db: &mut PgConnection,
    filter: &Filter,
    order: Order,
    page: &Page,
    limit: i64,
) -> sqlx::Result<Vec<AdminUserRow>> {
    let wanted = Wanted { filter, order, page, limit };
    if !stands_together(filter, order) {
        return fetch(db, |query| write_page(query, &wanted)).await;
    }
    let near = fetch(db, |query| write_near(query, &wanted)).await?;
    if i64::try_from(near.len()).is_ok_and(|found| found > limit) {
        return Ok(near);
    }
    let mut tx = db.begin().await?;
    words_first(&mut tx).await?;
    let found = fetch(&mut tx, |query| write_page(query, &wanted)).await?;
    tx.commit().await?;
    Ok(found)
}

/// People whose names begin alike stand together in the order of names: whoever looks for a common word may have to
/// pass by half of all accounts, though the planner believes that it is found everywhere along the way.
fn stands_together(filter: &Filter, order: Order) -> bool {
    order.by == UserSort::Name && matches!(filter.words, Some(Words::Part(_)))
}

/// Has the words found first, whatever the planner believes of them; until the end of the transaction.
async fn words_first(db: &mut PgConnection) -> sqlx::Result<()> {
    for hint in ["SET LOCAL enable_indexscan = off", "SET LOCAL enable_seqscan = off"] {
        sqlx::query(hint).execute(&mut *db).await?;
    }
    Ok(())
}

async fn fetch(db: &mut PgConnection, write: impl FnOnce(&mut Query)) -> sqlx::Result<Vec<AdminUserRow>> {
    let mut query = QueryBuilder::new("");
    write(&mut query);
    let rows: Vec<Row> = query.build_query_as().persistent(false).fetch_all(db).await?;
    Ok(rows.into_iter().map(AdminUserRow::from).collect())
}

/// How many accounts there are, up to one more than [`COUNT_MAX`].
pub(crate) async fn count(db: &mut PgConnection, filter: &Filter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::new("");
    write_count(&mut query, filter);
    query.build_query_scalar().persistent(false).fetch_one(db).await
}

/// Is there an account of exactly this address?
pub(crate) async fn has_address(db: &mut PgConnection, address: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM users WHERE email = $1)").bind(address).fetch_one(db).await
}

/// Where an account stands in the order of names. Names are in no address of a page, so they are asked for again.
pub(crate) async fn name_place(db: &mut PgConnection, id: UserId) -> sqlx::Result<Option<Place>> {
    let name: Option<String> =
        sqlx::query_scalar("SELECT lower(name) FROM users WHERE id = $1").bind(id).fetch_optional(db).await?;
    Ok(name.map(|name| Place { key: Key::Name(name), id }))
}

type Query = QueryBuilder<Postgres>;

/// One page of a question.
struct Wanted<'a> {
    filter: &'a Filter,
    order: Order,
    page: &'a Page,
    limit: i64,
}

impl Wanted<'_> {
    /// The page before a place is found backwards.
    fn is_ascending(&self) -> bool {
        (self.order.direction == Direction::Ascending) != matches!(self.page, Page::Before(_))
    }
}

const COLUMNS: &str = "id, email, name, role, banned, created_at, last_seen_at";

fn write_page(query: &mut Query, wanted: &Wanted<'_>) {
    query.push(format_args!("SELECT {COLUMNS} FROM users u WHERE true"));
    write_filter(query, wanted.filter);
    write_place(query, wanted);
    write_order(query, column(wanted.order.by), wanted.is_ascending());
    query.push(" LIMIT ").push_bind(wanted.limit + 1);
}

/// The same, as far as it is found among the next accounts of the order.
fn write_near(query: &mut Query, wanted: &Wanted<'_>) {
    let key = column(wanted.order.by);
    query.push(format_args!("SELECT {COLUMNS} FROM (SELECT *, {key} AS place FROM users WHERE true"));
    write_place(query, wanted);
    write_order(query, key, wanted.is_ascending());
    query.push(" LIMIT ").push_bind(NEAR_MAX).push(") AS near WHERE true");
    write_filter(query, wanted.filter);
    write_order(query, "place", wanted.is_ascending());
    query.push(" LIMIT ").push_bind(wanted.limit + 1);
}

/// Beyond the place where the page begins.
fn write_place(query: &mut Query, wanted: &Wanted<'_>) {
    let (Page::After(place) | Page::Before(place)) = wanted.page else { return };
    let beyond = if wanted.is_ascending() { ">" } else { "<" };
    query.push(format_args!(" AND ({}, id) {beyond} (", column(wanted.order.by)));
    match &place.key {
        Key::At(at) => query.push_bind(*at),
        Key::Never => query.push("'-infinity'::timestamptz"),
        Key::Name(name) => query.push_bind(name.clone()),
    };
    query.push(", ").push_bind(place.id).push(")");
}

/// In the order of registration, whatever the page's: names that begin alike stand together in theirs. Where words are
/// common, the first thousand are soon found along the index.
fn write_count(query: &mut Query, filter: &Filter) {
    query.push("SELECT count(*) FROM (SELECT FROM users u WHERE true");
    write_filter(query, filter);
    write_order(query, column(UserSort::Registered), false);
    query.push(" LIMIT ").push_bind(COUNT_MAX + 1).push(") AS counted");
}

fn write_order(query: &mut Query, key: &str, ascending: bool) {
    let direction = if ascending { "ASC" } else { "DESC" };
    query.push(format_args!(" ORDER BY {key} {direction}, id {direction}"));
}

/// As in the indexes.
fn column(by: UserSort) -> &'static str {
    match by {
        UserSort::Registered => "created_at",
        UserSort::Name => "lower(name)",
        UserSort::LastSeen => "COALESCE(last_seen_at, '-infinity')",
    }
}

fn write_filter(query: &mut Query, filter: &Filter) {
    match &filter.words {
        Some(Words::Id(id)) => {
            query.push(" AND id = ").push_bind(*id);
        }
        Some(Words::Address(address)) => {
            query.push(" AND email = ").push_bind(address.clone());
        }
        // Without a letter or a digit there is nothing that an index could find, and nobody who is meant.
        Some(Words::Part(part)) if !part.chars().any(char::is_alphanumeric) => {
            query.push(" AND false");
        }
        Some(Words::Part(part)) => {
            let likes = likes(part).into_iter().map(|pattern| (TEXT, pattern));
            let mut any = " AND (";
            for (text, pattern) in likes {
                query.push(any).push(text).push(" LIKE ").push_bind(pattern);
                any = " OR ";
            }
            query.push(")");
        }
        None => {}
    }
    if let Some(role) = filter.role {
        // A constant, so that the index of admins is seen to serve.
        query.push(format_args!(" AND role = '{}'", role.as_str()));
    }
    match filter.status {
        Some(UserStatus::Banned) => drop(query.push(" AND banned")),
        Some(UserStatus::Active) => drop(query.push(" AND NOT banned")),
        None => {}
    }
    if let Some(from) = filter.from {
        query.push(" AND created_at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" AND created_at < ").push_bind(until);
    }
}

/// What is searched: as in the index.
const TEXT: &str = r"(lower(name) || E'\n' || email)";

/// Patterns of which one must fit: the words anywhere, or short ones where a word begins.
fn likes(part: &str) -> Vec<String> {
    let escaped = part.to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let alphanumeric = part.chars().filter(|c| c.is_alphanumeric()).count();
    if part.chars().count() >= PART_MIN_CHARS && alphanumeric >= PART_MIN_ALPHANUMERIC {
        return vec![format!("%{escaped}%")];
    }
    ["", "% ", "%\n"].map(|before| format!("{before}{escaped}%")).to_vec()
}

#[cfg(test)]
mod tests;
