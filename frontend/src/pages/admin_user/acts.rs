//! What admins did to somebody's account.

use super::sections::{Cursors, List, Pages};
use crate::{
    components::{Data, Empty},
    pages::admin_audit,
    text,
};
use contracts::{Page, auth::AuditRow, ids::UserId};
use leptos::prelude::*;

/// Acts, the newest first.
#[component]
pub fn Acts(
    /// One page of them.
    acts: Page<AuditRow>,
    /// Where the page's lists are.
    cursors: Cursors,
    /// Whose account.
    user: UserId,
) -> impl IntoView {
    if acts.items.is_empty() {
        return view! { <Empty title="No admin has touched it"><p>"Bans, their ends and ended sessions stand here."</p></Empty> }
            .into_any();
    }
    let rows = acts.items.into_iter().map(|act| view! { <Row act/> }).collect_view();
    view! {
        <Data caption="What admins did to this account, the newest first" columns=vec!["Time", "Who", "What", "Why"]>{rows}</Data>
        <Pages list=List::Acts cursors user next=acts.next_cursor/>
    }
    .into_any()
}

#[component]
fn Row(act: AuditRow) -> impl IntoView {
    let time = format!("{}, {} UTC", text::day_and_year(act.at, "UTC"), text::time(act.at, "UTC"));
    view! {
        <tr>
            <td data-l="Time"><time datetime=act.at.to_rfc3339()>{time}</time></td>
            <td data-l="Who">{act.actor_name}</td>
            <td data-l="What"><b>{admin_audit::words_on_account(&act.action)}</b></td>
            <td class="md:max-w-80" data-l="Why">{act.note}</td>
        </tr>
    }
}
