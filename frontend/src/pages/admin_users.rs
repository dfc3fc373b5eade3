//! Accounts, to be searched, filtered and put in order.

use crate::{
    api::{self, users::UserQuery},
    app::query,
    components::{
        AdminTabs, Button, ButtonKind, Data, Empty, Icon, Pager, Tag, TagKind, Title, When, WhenStyle,
    },
    loading::{Main, load},
    session::{require_admin, use_api},
    text,
    visit::now,
};
use contracts::{
    auth::{AdminUserPage, AdminUserRow, Found, Role, UserSort, UserStatus},
    shows::Direction,
};
use leptos::prelude::*;
use std::str::FromStr;

/// Users.
#[component]
pub fn AdminUsersPage() -> impl IntoView {
    let wanted = wanted();
    let asked = wanted.clone();
    let users = load(async move {
        require_admin()?;
        api::users::search(&use_api()?, &asked).await
    });
    view! {
        <Title text="Users"/>
        <Main load=users let:users>
            <AdminTabs/>
            <h1 class="pt-8 text-3xl md:text-4xl">"Users"</h1>
            <Search wanted=wanted.clone()/>
            <Users users wanted/>
        </Main>
    }
}

/// What the address asks for. Only words of the lists and days: anything else is no question.
fn wanted() -> UserQuery {
    let (sort, order) = sorting(query("order").as_deref());
    UserQuery {
        q: query("q"),
        role: word::<Role>("role"),
        status: word::<UserStatus>("status"),
        from: day("from"),
        to: day("to"),
        sort,
        order,
        cursor: query("cursor"),
    }
}

fn word<T: FromStr + ToString>(name: &str) -> Option<String> {
    query(name).and_then(|word| word.parse::<T>().ok()).map(|word| word.to_string())
}

fn day(name: &str) -> Option<String> {
    query(name).and_then(|text| text::day_from_input(&text)).map(|day| day.to_string())
}

/// Orders of the list: the word in the address, words on the page, and what auth is asked. The first is the usual one.
const ORDERS: [(&str, &str, UserSort, Direction); 6] = [
    ("newest", "Newest first", UserSort::Registered, Direction::Descending),
    ("oldest", "Oldest first", UserSort::Registered, Direction::Ascending),
    ("a_to_z", "Name, A to Z", UserSort::Name, Direction::Ascending),
    ("z_to_a", "Name, Z to A", UserSort::Name, Direction::Descending),
    ("seen_last", "Last seen first", UserSort::LastSeen, Direction::Descending),
    ("seen_long_ago", "Longest away first", UserSort::LastSeen, Direction::Ascending),
];

fn sorting(word: Option<&str>) -> (Option<String>, Option<String>) {
    let chosen = ORDERS.iter().skip(1).find(|(known, ..)| word == Some(*known));
    chosen.map(|(.., sort, direction)| (sort.to_string(), direction.to_string())).unzip()
}

/// The order that was asked for.
fn order(wanted: &UserQuery) -> (&'static str, &'static str) {
    let is_it = |sort: UserSort, direction: Direction| {
        wanted.sort.as_deref() == Some(sort.as_str()) && wanted.order.as_deref() == Some(direction.as_str())
    };
    let found =
        ORDERS.iter().find(|(.., sort, direction)| is_it(*sort, *direction)).or_else(|| ORDERS.first());
    found.map_or(("", ""), |(word, words, ..)| (*word, *words))
}

#[component]
fn Search(wanted: UserQuery) -> impl IntoView {
    let (order, _) = order(&wanted);
    let orders = ORDERS.map(|(word, words, ..)| (word, words)).to_vec();
    view! {
        <form
            class="mt-5 grid gap-3 border-y-2 border-ink py-4 sm:grid-cols-2 lg:grid-cols-4 lg:items-end"
            method="get"
            action="/admin/users"
            role="search"
            aria-label="Users"
        >
            <div class="field sm:col-span-2">
                <label for="user-words">"Name, email or id"</label>
                <input class="input" id="user-words" name="q" type="search" value=wanted.q.unwrap_or_default()/>
            </div>
            <Select
                name="status"
                label="Status"
                options=vec![("", "Any"), ("active", "Active"), ("banned", "Banned")]
                chosen=wanted.status.unwrap_or_default()
            />
            <Select
                name="role"
                label="Role"
                options=vec![("", "Any"), ("user", "User"), ("admin", "Admin")]
                chosen=wanted.role.unwrap_or_default()
            />
            <Day name="from" label="Signed up from" value=wanted.from.unwrap_or_default()/>
            <Day name="to" label="Signed up until" value=wanted.to.unwrap_or_default()/>
            <Select name="order" label="Order" options=orders chosen=order.to_owned()/>
            <Button kind=ButtonKind::Ink icon=Icon::Search>"Find"</Button>
        </form>
    }
}

#[component]
fn Select(
    name: &'static str,
    label: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: String,
) -> impl IntoView {
    let id = format!("user-{name}");
    let options = options
        .into_iter()
        .map(|(value, words)| view! { <option value=value selected=value == chosen>{words}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id.clone() name=name>{options}</select>
        </div>
    }
}

#[component]
fn Day(name: &'static str, label: &'static str, value: String) -> impl IntoView {
    let id = format!("user-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id.clone() name=name type="date" value=value/>
        </div>
    }
}

#[component]
fn Users(users: AdminUserPage, wanted: UserQuery) -> impl IntoView {
    if users.items.is_empty() {
        return view! {
            <Empty title="Nobody is found">
                <p>"Try part of a name or of an address, and fewer filters. " <a href="/admin/users">"Show everybody"</a></p>
            </Empty>
        }
        .into_any();
    }
    let to = |cursor: Option<String>| address(&UserQuery { cursor, ..wanted.clone() });
    let first = users.previous_cursor.is_some().then(|| to(None));
    let previous = users.previous_cursor.map(|cursor| to(Some(cursor)));
    let next = users.next_cursor.map(|cursor| to(Some(cursor)));
    let (_, in_order) = order(&wanted);
    let found = format!("{}. {in_order}.", found(users.found));
    let rows = users.items.into_iter().map(|user| view! { <Row user/> }).collect_view();
    view! {
        <p class="mt-4 text-sm text-ink-2" role="status">{found}</p>
        <div class="mt-2">
            <Data caption="Users" columns=vec!["User", "Status", "Role", "Signed up", "Last seen"]>{rows}</Data>
        </div>
        <Pager first previous next/>
    }
    .into_any()
}

/// `12 accounts`, `More than 1,000 accounts`
fn found(found: Found) -> String {
    if found.more {
        let thousands = found.count / 1_000;
        return format!("More than {thousands},{:03} accounts", found.count % 1_000);
    }
    text::count(found.count, "account", "accounts")
}

/// The page's own address: with its word for the order, not auth's two.
fn address(wanted: &UserQuery) -> String {
    let (word, _) = order(wanted);
    let order = wanted.sort.is_some().then(|| word.to_owned());
    let shown = UserQuery { sort: None, order, ..wanted.clone() };
    match serde_urlencoded::to_string(shown) {
        Ok(query) if !query.is_empty() => format!("/admin/users?{query}"),
        _ => "/admin/users".to_owned(),
    }
}

#[component]
fn Row(user: AdminUserRow) -> impl IntoView {
    let seen = user.last_seen_at.map_or_else(|| "never".to_owned(), |at| text::ago(at, now()));
    view! {
        <tr>
            <th scope="row">
                <a class="inline-block py-0.5 text-base leading-tight" href=format!("/admin/users/{}", user.id)>{user.name}</a>
                <span class="block break-all font-normal text-ink-2">{user.email}</span>
            </th>
            <td data-l="Status"><span>{status_tag(user.status)}</span></td>
            <td data-l="Role">{role(user.role)}</td>
            <td data-l="Signed up"><When at=user.created_at style=WhenStyle::DayAndYear/></td>
            <td data-l="Last seen">{seen}</td>
        </tr>
    }
}

/// The word with its mark.
pub(super) fn status_tag(status: UserStatus) -> impl IntoView + use<> {
    match status {
        UserStatus::Active => view! { <Tag kind=TagKind::Ok>"Active"</Tag> },
        UserStatus::Banned => view! { <Tag kind=TagKind::Danger>"Banned"</Tag> },
    }
}

/// The role in a word.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::User => "User",
        Role::Admin => "Admin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_one_word_in_the_address_and_two_for_auth() {
        let (sort, order) = sorting(Some("z_to_a"));
        let wanted = UserQuery { sort, order, ..UserQuery::default() };
        assert_eq!((wanted.sort.as_deref(), wanted.order.as_deref()), (Some("name"), Some("desc")));
        assert_eq!(address(&wanted), "/admin/users?order=z_to_a");
        assert_eq!(super::order(&wanted), ("z_to_a", "Name, Z to A"));
        assert_eq!(sorting(Some("odd")), (None, None));
        assert_eq!(address(&UserQuery::default()), "/admin/users");
    }

    #[test]
    fn many_accounts_are_not_counted() {
        assert_eq!(found(Found { count: 1, more: false }), "1 account");
        assert_eq!(found(Found { count: 1_000, more: true }), "More than 1,000 accounts");
    }
}
