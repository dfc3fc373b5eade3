//! Accounts, to be searched.

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
    Page,
    auth::{AdminUserRow, Role, UserStatus},
};
use leptos::prelude::*;

/// Users.
#[component]
pub fn AdminUsersPage() -> impl IntoView {
    let wanted = UserQuery { q: query("q"), status: status(), cursor: query("cursor") };
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

/// Only words of the list: another one is no question.
fn status() -> Option<String> {
    query("status").and_then(|word| word.parse::<UserStatus>().ok()).map(|status| status.to_string())
}

#[component]
fn Search(wanted: UserQuery) -> impl IntoView {
    let options = [("", "Any"), ("active", "Active"), ("banned", "Banned")].map(|(value, words)| {
        let selected = wanted.status.as_deref().unwrap_or_default() == value;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <form
            class="mt-5 grid gap-3 border-y-2 border-ink py-4 sm:grid-cols-[2fr_1fr_auto] sm:items-end"
            method="get"
            action="/admin/users"
            role="search"
            aria-label="Users"
        >
            <div class="field">
                <label for="user-words">"Name or email"</label>
                <input class="input" id="user-words" name="q" type="search" value=wanted.q.unwrap_or_default()/>
            </div>
            <div class="field">
                <label for="user-status">"Status"</label>
                <select class="input" id="user-status" name="status">{options.to_vec()}</select>
            </div>
            <Button kind=ButtonKind::Ink icon=Icon::Search>"Find"</Button>
        </form>
    }
}

#[component]
fn Users(users: Page<AdminUserRow>, wanted: UserQuery) -> impl IntoView {
    if users.items.is_empty() {
        return view! {
            <Empty title="Nobody is found">
                <p>"Try part of a name or of an address. " <a href="/admin/users">"Show everybody"</a></p>
            </Empty>
        }
        .into_any();
    }
    let count = text::count(users.items.len() as u64, "account", "accounts");
    let filtered = wanted.q.is_some() || wanted.status.is_some();
    let found = if filtered { "found" } else { "on this page" };
    let first = wanted.cursor.is_some().then(|| address(&UserQuery { cursor: None, ..wanted.clone() }));
    let next = users.next_cursor.map(|cursor| address(&UserQuery { cursor: Some(cursor), ..wanted.clone() }));
    let more = if next.is_some() { ", and there are more" } else { "" };
    let rows = users.items.into_iter().map(|user| view! { <Row user/> }).collect_view();
    view! {
        <p class="mt-4 text-sm text-ink-2" role="status">{format!("{count} {found}, the newest first{more}")}</p>
        <div class="mt-2">
            <Data caption="Users, the newest first" columns=vec!["User", "Status", "Role", "Signed up", "Last seen"]>
                {rows}
            </Data>
        </div>
        <Pager first next/>
    }
    .into_any()
}

fn address(wanted: &UserQuery) -> String {
    match serde_urlencoded::to_string(wanted) {
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
