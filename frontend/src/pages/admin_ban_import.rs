//! A list of people to ban: what would become of each line, then what became of it.

use crate::{
    api,
    app::{param, query},
    components::{
        AdminTabs, Button, ButtonKind, Data, LinkButton, Notice, Pager, RefreshWithoutScript, Tab, Tabs, Tag,
        TagKind, Title, Tone,
    },
    forms::{Done, FormFailure, FormId, Forms, Outcome, RowForm, Submission},
    islands::LiveRegion,
    loading::{Main, load},
    session::{require_admin, use_api},
    text::{self, count},
};
use contracts::{
    Page,
    auth::BannedTickets,
    ban_imports::{BanImportLine, BanImportLines, BanImportProblem, BanImportState, BanImportView},
    ids::BanImportId,
};
use leptos::prelude::*;

const CONFIRM: FormId = "confirm";
/// Id of the part that is rendered again while bans are made.
const REGION: &str = "progress";

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/admin/bans/{id}").on(CONFIRM, confirm)
}

/// A list.
#[component]
pub fn AdminBanImportPage() -> impl IntoView {
    let id = param::<BanImportId>("id");
    let only = only();
    let cursor = query("cursor");
    let paged = cursor.is_some();
    let found = load(async move {
        require_admin()?;
        let (api, id) = (use_api()?, id?);
        let import = api::ban_imports::find(&api, id).await?;
        Ok((import, api::ban_imports::lines(&api, id, only, cursor.as_deref()).await?))
    });
    view! {
        <Title text="A list of bans"/>
        <Main load=found let:found>
            <AdminTabs/>
            {
                let (import, lines) = found;
                match import.state {
                    BanImportState::Draft => view! { <Draft import lines only paged/> }.into_any(),
                    BanImportState::Running => {
                        let src = api::ban_imports::path(import.id);
                        view! {
                            <RefreshWithoutScript seconds=2/>
                            <LiveRegion id=REGION.to_owned() src version=0><Results import lines only paged/></LiveRegion>
                        }
                        .into_any()
                    }
                    BanImportState::Done | BanImportState::Stopped => {
                        view! { <div id=REGION><Results import lines only paged/></div> }.into_any()
                    }
                }
            }
        </Main>
    }
}

/// Which lines are shown: all, unless the address says otherwise.
fn only() -> BanImportLines {
    query("only").and_then(|word| word.parse().ok()).unwrap_or(BanImportLines::All)
}

fn heading(import: &BanImportView) -> String {
    let people = |number: u32| count(number, "account", "accounts");
    match import.state {
        BanImportState::Draft if import.open == 0 => "Nobody of this list can be banned".to_owned(),
        BanImportState::Draft => format!("Ban {}?", people(import.open)),
        BanImportState::Running => "The bans are being made".to_owned(),
        BanImportState::Done => format!("{} banned", people(import.banned)),
        BanImportState::Stopped => format!("Stopped after {}", people(import.banned)),
    }
}

/// What would happen.
#[component]
fn Draft(
    import: BanImportView,
    lines: Page<BanImportLine>,
    only: BanImportLines,
    paged: bool,
) -> impl IntoView {
    let left_out = (import.left_out > 0).then(|| {
        let lines = count(import.left_out, "line is", "lines are");
        view! {
            <div class="mt-5">
                <Notice tone=Tone::Warn title=format!("{lines} left out")>
                    <p class="text-sm">
                        "The list below says why. "
                        <a href=format!("?only={}", BanImportLines::LeftOut)>"Show these alone"</a>
                    </p>
                </Notice>
            </div>
        }
    });
    let confirm = (import.open > 0).then(|| {
        let label = format!("Ban {}", count(import.open, "account", "accounts"));
        view! { <RowForm id=CONFIRM><Button kind=ButtonKind::Danger>{label}</Button></RowForm> }
    });
    view! {
        <h1 class="pt-8 text-3xl md:text-4xl">{heading(&import)}</h1>
        <p class="mt-2 max-w-[70ch] text-ink-2">
            "Nothing has happened yet. Each of these accounts is banned for the reason on its line, and each ban is written into the audit log with your name."
        </p>
        {left_out}
        <FormFailure id=CONFIRM/>
        <div class="mt-6 flex flex-wrap gap-3">
            {confirm}
            <LinkButton href="/admin/bans">"Send another list"</LinkButton>
        </div>
        <Lines id=import.id lines only paged/>
    }
}

/// What happens or has happened. Rendered again while bans are made, so no form stands in it.
#[component]
fn Results(
    import: BanImportView,
    lines: Page<BanImportLine>,
    only: BanImportLines,
    paged: bool,
) -> impl IntoView {
    let done = import.banned + import.left_out;
    let left_out = match import.left_out {
        0 => String::new(),
        number => format!(" {} left out.", count(number, "line was", "lines were")),
    };
    let stopped = (import.state == BanImportState::Stopped).then(|| {
        view! {
            <p class="mt-2 text-sm">
                "Whoever confirmed the list may ban nobody any more, so the rest was left out. Send the list again to go on."
            </p>
        }
    });
    let done = format!(
        "{done} of {} lines are done: {} banned.{left_out}",
        import.lines,
        count(import.banned, "account", "accounts"),
    );
    view! {
        <h1 class="pt-8 text-3xl md:text-4xl">{heading(&import)}</h1>
        <p class="mt-4 text-lg font-semibold" role="status">{done}</p>
        {stopped}
        <Lines id=import.id lines only paged/>
    }
}

#[component]
fn Lines(id: BanImportId, lines: Page<BanImportLine>, only: BanImportLines, paged: bool) -> impl IntoView {
    let address = move |only: BanImportLines| format!("/admin/bans/{id}?only={only}");
    let tab = |shown: BanImportLines, label: &str| Tab {
        href: address(shown),
        label: label.to_owned(),
        current: shown == only,
    };
    let tabs = vec![tab(BanImportLines::All, "Every line"), tab(BanImportLines::LeftOut, "Left out")];
    let first = paged.then(|| address(only));
    let next = lines.next_cursor.map(|cursor| format!("{}&cursor={cursor}", address(only)));
    let none = lines.items.is_empty();
    let rows = lines.items.into_iter().map(|line| view! { <Row line/> }).collect_view();
    let columns = vec!["Line", "Account", "Reason", "Until", "Tickets", "What happens"];
    view! {
        <section class="mt-10" aria-labelledby="lines">
            <h2 class="text-2xl" id="lines">"The list"</h2>
            <div class="mt-2"><Tabs label="Lines" tabs/></div>
            {if none {
                view! { <p class="mt-4">"No line is left out."</p> }.into_any()
            } else {
                view! { <div class="mt-4"><Data caption="Lines of the list" columns>{rows}</Data></div> }.into_any()
            }}
            <Pager first next/>
        </section>
    }
}

#[component]
fn Row(line: BanImportLine) -> impl IntoView {
    let until = line.until.map_or_else(|| "For good".to_owned(), |until| text::in_full(until, "UTC"));
    let tickets = match line.tickets {
        BannedTickets::Keep => "Kept",
        BannedTickets::Refuse => "Refused",
    };
    let account = match (line.user, line.name) {
        (Some(user), Some(name)) => view! {
            <a class="inline-block py-0.5" href=format!("/admin/users/{user}")>{name}</a>
            <span class="block break-all text-xs text-ink-2">{line.named}</span>
        }
        .into_any(),
        _ => view! { <span class="break-all">{line.named}</span> }.into_any(),
    };
    let becomes = match (line.problem, line.ban) {
        (Some(problem), _) => view! {
            <Tag kind=TagKind::Warn>"Left out"</Tag>
            <span class="block text-xs text-ink-2">{why(problem)}</span>
        }
        .into_any(),
        (None, Some(_)) => view! { <Tag kind=TagKind::Danger>"Banned"</Tag> }.into_any(),
        (None, None) => view! { <Tag kind=TagKind::Info>"To be banned"</Tag> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><span class="sr-only">"Line "</span>{line.line}</th>
            <td data-l="Account"><span>{account}</span></td>
            <td class="wrap-anywhere md:max-w-80" data-l="Reason">{line.reason}</td>
            <td data-l="Until">{until}</td>
            <td data-l="Tickets">{tickets}</td>
            <td data-l="What happens"><span>{becomes}</span></td>
        </tr>
    }
}

/// Why a line is left out, and what to do.
const fn why(problem: BanImportProblem) -> &'static str {
    match problem {
        BanImportProblem::UserMissing => "It names nobody: enter an email address or an id",
        BanImportProblem::UserUnknown => "There is no such account",
        BanImportProblem::Repeated => "The account is on an earlier line",
        BanImportProblem::Own => "This is you: nobody bans themselves",
        BanImportProblem::Admin => "Admins are banned one by one, on their own page",
        BanImportProblem::AlreadyBanned => "The account is banned already",
        BanImportProblem::ReasonInvalid => "Enter a reason of at most 1,000 characters",
        BanImportProblem::UntilInvalid => "Enter a day in the future, such as 2027-01-31",
        BanImportProblem::TicketsInvalid => "Enter keep or refuse",
        BanImportProblem::CellsWrong => "It has more or fewer cells than the first line",
        BanImportProblem::Stopped => "The list was stopped before its turn",
    }
}

async fn confirm(form: Submission) -> Outcome {
    let id = form.param::<BanImportId>("id")?;
    api::ban_imports::confirm(form.api(), id).await?;
    Ok(Done::to(format!("/admin/bans/{id}")))
}
