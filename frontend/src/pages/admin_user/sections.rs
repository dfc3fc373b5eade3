//! The lists of the page: each is loaded by itself, fails alone, and has pages of its own.

use crate::{app::query, components::Pager};
use contracts::{PageQuery, ids::UserId};
use leptos::prelude::*;

/// Items of a list's page.
const LIMIT: u16 = 10;

/// Where each list is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Cursors {
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orders: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    listings: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bans: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acts: Option<String>,
}

/// One of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Signed-in devices.
    Sessions,
    /// What they bought.
    Orders,
    /// What they sell.
    Listings,
    /// Their bans.
    Bans,
    /// What admins did to the account.
    Acts,
}

impl List {
    /// Its name in the address, and the id of its heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Orders => "orders",
            Self::Listings => "listings",
            Self::Bans => "bans",
            Self::Acts => "acts",
        }
    }
}

impl Cursors {
    /// As the address says.
    pub fn of_page() -> Self {
        let cursor = |list: List| query(list.name());
        Self {
            sessions: cursor(List::Sessions),
            orders: cursor(List::Orders),
            listings: cursor(List::Listings),
            bans: cursor(List::Bans),
            acts: cursor(List::Acts),
        }
    }

    /// Which page of a list is asked for.
    pub fn page(&self, list: List) -> PageQuery {
        PageQuery { cursor: self.of(list).map(str::to_owned), limit: Some(LIMIT) }
    }

    fn of(&self, list: List) -> Option<&str> {
        let cursor = match list {
            List::Sessions => &self.sessions,
            List::Orders => &self.orders,
            List::Listings => &self.listings,
            List::Bans => &self.bans,
            List::Acts => &self.acts,
        };
        cursor.as_deref()
    }

    /// The page with one list elsewhere, and the others where they are.
    fn address(&self, user: UserId, list: List, cursor: Option<String>) -> String {
        let mut cursors = self.clone();
        match list {
            List::Sessions => cursors.sessions = cursor,
            List::Orders => cursors.orders = cursor,
            List::Listings => cursors.listings = cursor,
            List::Bans => cursors.bans = cursor,
            List::Acts => cursors.acts = cursor,
        }
        let query = serde_urlencoded::to_string(cursors).unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/admin/users/{user}{mark}{query}#{}", list.name())
    }
}

/// The way to the pages of one list.
#[component]
pub fn Pages(
    /// Which list.
    list: List,
    /// Where all of them are.
    cursors: Cursors,
    /// Whose page it is.
    user: UserId,
    /// What comes next in this one.
    next: Option<String>,
) -> impl IntoView {
    let first = cursors.of(list).is_some().then(|| cursors.address(user, list, None));
    let next = next.map(|cursor| cursors.address(user, list, Some(cursor)));
    view! { <Pager first next label=format!("Pages of {}", list.name())/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_paged_while_the_others_stay() {
        let user: UserId = "0198f3a0-0000-7000-8000-000000000002".parse().unwrap();
        let cursors = Cursors { orders: Some("a".to_owned()), ..Cursors::default() };
        assert_eq!(
            cursors.address(user, List::Bans, Some("b".to_owned())),
            format!("/admin/users/{user}?orders=a&bans=b#bans")
        );
        assert_eq!(cursors.address(user, List::Orders, None), format!("/admin/users/{user}#orders"));
    }
}
