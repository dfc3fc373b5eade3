//! What admins did, to be searched.

use crate::{
    api::{self, users::AuditQuery},
    app::query,
    components::{AdminTabs, Button, ButtonKind, Data, Empty, Icon, Pager, Title},
    loading::{Main, load},
    session::{require_admin, use_api},
    text,
};
use contracts::{Page, auth::AuditRow, ids::UserId};
use leptos::prelude::*;

/// Acts of a page.
const LIMIT: u16 = 50;

/// Audit log.
#[component]
pub fn AdminAuditPage() -> impl IntoView {
    let wanted = wanted();
    let asked = AuditQuery { limit: Some(LIMIT), ..wanted.clone() };
    let acts = load(async move {
        require_admin()?;
        api::users::audit(&use_api()?, &asked).await
    });
    view! {
        <Title text="Audit log"/>
        <Main load=acts let:acts>
            <AdminTabs/>
            <h1 class="pt-8 text-3xl md:text-4xl">"Audit log"</h1>
            <p class="mt-2 text-ink-2">"What admins did, the newest first. Times are in UTC. Nothing here can be changed."</p>
            <Search wanted=wanted.clone()/>
            <Acts acts wanted/>
        </Main>
    }
}

/// What the address asks for. What is no day is no question.
fn wanted() -> AuditQuery {
    let day = |name| query(name).and_then(|text| text::day_from_input(&text)).map(|day| day.to_string());
    AuditQuery {
        actor: query("actor"),
        subject: query("subject"),
        action: query("action"),
        from: day("from"),
        to: day("to"),
        cursor: query("cursor"),
        limit: None,
    }
}

/// Acts that the list is filtered by: the word in the log, and words on the page.
const ACTIONS: [(&str, &str); 6] = [
    ("user.ban", "Banned"),
    ("user.ban_changed", "Changed a ban"),
    ("user.unban", "Lifted a ban"),
    ("user.session_end", "Ended a session"),
    ("ban_import.confirm", "Confirmed a list of bans"),
    ("user.make_admin", "Made an admin"),
];

#[component]
fn Search(wanted: AuditQuery) -> impl IntoView {
    let chosen = wanted.action.unwrap_or_default();
    let actions = [("", "Any")]
        .into_iter()
        .chain(ACTIONS)
        .map(|(value, words)| view! { <option value=value selected=value == chosen>{words}</option> })
        .collect_view();
    view! {
        <form
            class="mt-5 grid gap-3 border-y-2 border-ink py-4 sm:grid-cols-2 lg:grid-cols-3 lg:items-end"
            method="get"
            action="/admin/audit"
            role="search"
            aria-label="Audit log"
        >
            <Entry name="actor" label="Who: email or id" kind="text" value=wanted.actor.unwrap_or_default()/>
            <Entry name="subject" label="Whom: email or id" kind="text" value=wanted.subject.unwrap_or_default()/>
            <div class="field">
                <label for="audit-action">"What"</label>
                <select class="input" id="audit-action" name="action">{actions}</select>
            </div>
            <Entry name="from" label="From" kind="date" value=wanted.from.unwrap_or_default()/>
            <Entry name="to" label="Until" kind="date" value=wanted.to.unwrap_or_default()/>
            <Button kind=ButtonKind::Ink icon=Icon::Search>"Find"</Button>
        </form>
    }
}

#[component]
fn Entry(name: &'static str, label: &'static str, kind: &'static str, value: String) -> impl IntoView {
    let id = format!("audit-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id.clone() name=name type=kind value=value/>
        </div>
    }
}

#[component]
fn Acts(acts: Page<AuditRow>, wanted: AuditQuery) -> impl IntoView {
    let everything = AuditQuery { cursor: None, ..wanted.clone() } == AuditQuery::default();
    if acts.items.is_empty() {
        return view! { <Nothing everything/> }.into_any();
    }
    let to = |cursor: Option<String>| address(&AuditQuery { cursor, ..wanted.clone() });
    let first = wanted.cursor.is_some().then(|| to(None));
    let next = acts.next_cursor.map(|cursor| to(Some(cursor)));
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
fn Nothing(everything: bool) -> impl IntoView {
    if everything {
        return view! {
            <Empty title="No admin has done anything yet">
                <p>"Each ban and each ban that is lifted stands here, with who did it and why."</p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="No act fits">
            <p>"Give whole addresses or ids, and fewer filters. " <a href="/admin/audit">"Show everything"</a></p>
        </Empty>
    }
    .into_any()
}

fn address(wanted: &AuditQuery) -> String {
    match serde_urlencoded::to_string(wanted) {
        Ok(query) if !query.is_empty() => format!("/admin/audit?{query}"),
        _ => "/admin/audit".to_owned(),
    }
}

#[component]
fn Row(act: AuditRow) -> impl IntoView {
    let day = text::day_and_year(act.at, "UTC");
    let time = text::time_to_the_second(act.at, "UTC");
    let actor = match act.actor {
        Some(id) => {
            view! { <a class="inline-block py-0.5" href=format!("/admin/users/{id}")>{act.actor_name}</a> }
                .into_any()
        }
        None => act.actor_name.into_any(),
    };
    view! {
        <tr>
            <td data-l="Time">
                <time class="whitespace-nowrap" datetime=act.at.to_rfc3339()>{format!("{day}, {time}")}</time>
            </td>
            <td data-l="Who">{actor}</td>
            <td data-l="What"><b>{words(&act.action)}</b></td>
            <td data-l="Whom">{whom(act.subject, act.subject_name)}</td>
            <td class="md:max-w-80" data-l="Why">{act.note}</td>
        </tr>
    }
}

/// Whose account it concerned, or what else.
fn whom(subject: Option<UserId>, name: String) -> AnyView {
    match subject {
        Some(user) => {
            view! { <a class="inline-block py-0.5" href=format!("/admin/users/{user}")>{name}</a> }.into_any()
        }
        None => view! { <code class="break-all">{name}</code> }.into_any(),
    }
}

/// An act in words; one that is not known here is shown as it is.
pub(super) fn words(action: &str) -> String {
    match action {
        "user.ban" => "Banned".to_owned(),
        "user.ban_changed" => "Changed the ban of".to_owned(),
        "user.unban" => "Lifted the ban of".to_owned(),
        "user.session_end" => "Ended a session of".to_owned(),
        "ban_import.confirm" => "Confirmed a list of bans".to_owned(),
        "user.make_admin" => "Made an admin of".to_owned(),
        "user.app_added" => "Added an authenticator app to".to_owned(),
        "user.app_removed" => "Removed the authenticator app of".to_owned(),
        "user.passkey_added" => "Added a passkey to".to_owned(),
        "user.passkey_removed" => "Removed a passkey of".to_owned(),
        "user.recovery_codes_made" => "Made recovery codes for".to_owned(),
        "keys.rotate" => "Made a new signing key".to_owned(),
        "keys.retire_leaked" => "Retired leaked keys for".to_owned(),
        other => other.to_owned(),
    }
}
