//! What admins did.

use crate::{
    api,
    app::query,
    components::{AdminTabs, Data, Empty, Pager, Title},
    loading::{Main, load},
    session::{require_admin, use_api},
    text,
};
use contracts::{Page, PageQuery, auth::AuditRow};
use leptos::prelude::*;

/// Audit log.
#[component]
pub fn AdminAuditPage() -> impl IntoView {
    let page = PageQuery { cursor: query("cursor"), limit: Some(50) };
    let first = page.cursor.is_some().then(|| "/admin/audit".to_owned());
    let acts = load(async move {
        require_admin()?;
        api::users::audit(&use_api()?, &page).await
    });
    view! {
        <Title text="Audit log"/>
        <Main load=acts let:acts>
            <AdminTabs/>
            <h1 class="pt-8 text-3xl md:text-4xl">"Audit log"</h1>
            <p class="mt-2 text-ink-2">"What admins did, the newest first. Times are in UTC. Nothing here can be changed."</p>
            <Acts acts first/>
        </Main>
    }
}

#[component]
fn Acts(acts: Page<AuditRow>, first: Option<String>) -> impl IntoView {
    if acts.items.is_empty() {
        return view! {
            <Empty title="No admin has done anything yet">
                <p>"Each ban and each ban that is lifted stands here, with who did it and why."</p>
            </Empty>
        }
        .into_any();
    }
    let next = acts.next_cursor.map(|cursor| format!("/admin/audit?cursor={cursor}"));
    let rows = acts.items.into_iter().map(|act| view! { <Row act/> }).collect_view();
    view! {
        <div class="mt-6">
            <Data caption="What admins did, the newest first" columns=vec!["Time", "Who", "What", "Whom", "Why"]>{rows}</Data>
        </div>
        <Pager first next/>
    }
    .into_any()
}

#[component]
fn Row(act: AuditRow) -> impl IntoView {
    let day = text::day_and_year(act.at, "UTC");
    let time = text::time_to_the_second(act.at, "UTC");
    view! {
        <tr>
            <td data-l="Time">
                <time class="whitespace-nowrap" datetime=act.at.to_rfc3339()>{format!("{day}, {time}")}</time>
            </td>
            <td data-l="Who">{act.actor_name}</td>
            <td data-l="What"><b>{words(&act.action)}</b></td>
            <td data-l="Whom"><a class="inline-block py-0.5" href=format!("/admin/users/{}", act.subject)>{act.subject_name}</a></td>
            <td class="md:max-w-80" data-l="Why">{act.note}</td>
        </tr>
    }
}

/// An act in words; one that is not known here is shown as it is.
fn words(action: &str) -> String {
    match action {
        "user.ban" => "Banned".to_owned(),
        "user.ban_changed" => "Changed the ban of".to_owned(),
        "user.unban" => "Lifted the ban of".to_owned(),
        "user.make_admin" => "Made an admin of".to_owned(),
        other => other.to_owned(),
    }
}
