//! The way around the admin's pages.

use super::{Tab, Tabs};
use crate::visit::Visit;
use leptos::prelude::*;

/// The admin's pages, this one marked.
#[component]
pub fn AdminTabs() -> impl IntoView {
    let here = Visit::current().path.split('?').next().unwrap_or_default().to_owned();
    let tab = |href: &str, label: &str| Tab {
        href: href.to_owned(),
        label: label.to_owned(),
        current: here.starts_with(href),
    };
    let tabs = vec![
        tab("/admin/users", "Users"),
        tab("/admin/bans", "Ban a list"),
        tab("/admin/audit", "Audit log"),
        tab("/admin/system", "Services"),
    ];
    view! { <div class="pt-4"><Tabs label="Admin" tabs/></div> }
}
