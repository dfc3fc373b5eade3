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

/// What may stand in the log.
struct Action {
    /// The word in the log.
    code: &'static str,
    /// What the list is filtered by.
    filter: &'static str,
    /// What is said of an act: what or whom it concerned comes after it.
    words: &'static str,
}

const fn action(code: &'static str, filter: &'static str, words: &'static str) -> Action {
    Action { code, filter, words }
}

/// Every act that auth writes down. Those of accounts begin with `user.`.
const ACTIONS: [Action; 13] = [
    action("user.ban", "Banned", "Banned"),
    action("user.ban_changed", "Changed a ban", "Changed the ban of"),
    action("user.unban", "Lifted a ban", "Lifted the ban of"),
    action("ban_import.confirm", "Confirmed a list of bans", "Confirmed a list of bans"),
    action("user.session_end", "Ended a session", "Ended a session of"),
    action("user.make_admin", "Made an admin", "Made an admin of"),
    action("user.app_added", "Added an authenticator app", "Added an authenticator app to"),
    action("user.app_removed", "Removed an authenticator app", "Removed the authenticator app of"),
    action("user.passkey_added", "Added a passkey", "Added a passkey to"),
    action("user.passkey_removed", "Removed a passkey", "Removed a passkey of"),
    action("user.recovery_codes_made", "Made recovery codes", "Made recovery codes for"),
    action("keys.rotate", "Made a new signing key", "Made a new signing key"),
    action("keys.retire_leaked", "Retired leaked keys", "Retired leaked keys for"),
];

#[component]
fn Search(wanted: AuditQuery) -> impl IntoView {
    let chosen = wanted.action.unwrap_or_default();
    let actions = [("", "Any")]
        .into_iter()
        .chain(ACTIONS.map(|action| (action.code, action.filter)))
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
            <td data-l="What"><b>{words(&act.action).to_owned()}</b></td>
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

/// An act in words, before what it concerned; one that is not known here is shown as it is.
fn words(action: &str) -> &str {
    ACTIONS.iter().find(|known| known.code == action).map_or(action, |known| known.words)
}

/// An act in words where it is clear whose account it concerned.
pub(super) fn words_on_account(action: &str) -> String {
    let words = words(action);
    // What is not known here is no beginning of a sentence.
    let goes_on = words != action && action.starts_with("user.");
    if goes_on { format!("{words} this account") } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn every_act_that_auth_writes_down_is_known() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/auth/src");
        let mut written = Vec::new();
        collect(&sources, &mut written);
        assert!(written.len() >= ACTIONS.len(), "auth is not read: {written:?}");
        for action in &written {
            assert!(ACTIONS.iter().any(|known| known.code == action), "{action} has no words");
        }
        for known in &ACTIONS {
            assert!(written.iter().any(|action| action == known.code), "nobody writes {}", known.code);
        }
    }

    /// Every literal in the sources that begins as an act does.
    fn collect(path: &Path, found: &mut Vec<String>) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                collect(&entry.unwrap().path(), found);
            }
            return;
        }
        let of_acts = |text: &str| {
            let (topic, act) = text.split_once('.')?;
            let is_act = ["user", "keys", "ban_import"].contains(&topic)
                && !act.is_empty()
                && act.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            is_act.then(|| text.to_owned())
        };
        let source = fs::read_to_string(path).unwrap();
        found.extend(source.split('"').filter_map(of_acts));
    }

    #[test]
    fn on_an_account_it_is_said_what_was_done_to_it() {
        assert_eq!(words_on_account("user.ban"), "Banned this account");
        assert_eq!(words_on_account("user.unban"), "Lifted the ban of this account");
        assert_eq!(words_on_account("user.new_act"), "user.new_act");
    }
}
