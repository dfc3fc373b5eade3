//! Check-in: a code goes in, a word as large as the screen comes out. Always dark, for doors are.

pub mod scan;
pub mod verdict;

use crate::{
    api,
    app::param,
    components::{Button, ButtonKind, Title},
    error::AppError,
    forms::{Done, Form, FormErrors, FormId, FormState, Forms, Outcome, Submission},
    loading::{Main, load},
    session::{require_user, use_api},
    text,
    visit::now,
};
use contracts::{
    ids::ShowId,
    shows::{ShowStatus, ShowView},
    tickets::CheckIn,
};
use leptos::prelude::*;
use scan::Scan;

const CHECK_IN: FormId = "check-in";
/// Scans that are shown under the form; they travel with it, so that it works without JavaScript.
const HISTORY_MAX: usize = 6;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/sell/shows/{id}/door").on(CHECK_IN, check_in)
}

/// The door of one's own show.
#[component]
pub fn DoorPage() -> impl IntoView {
    let id = param::<ShowId>("id");
    let show = load(async move {
        let viewer = require_user()?;
        let show = api::shows::find(&use_api()?, id?).await?;
        let own = show.organiser.id == viewer.id && show.status != ShowStatus::Draft;
        if own { Ok(show) } else { Err(AppError::NotFound) }
    });
    view! {
        <leptos_meta::Html attr:data-theme="dark"/>
        <Main load=show let:show><Door show/></Main>
    }
}

#[component]
fn Door(show: ShowView) -> impl IntoView {
    let state = FormState::of(CHECK_IN);
    let scans = Scan::all(&state);
    let failed = state.errors().of_form().map(str::to_owned);
    let latest = scans.first().filter(|_| !state.was_sent()).cloned();
    let word = match (&failed, &latest) {
        (Some(_), _) => "Not checked",
        (None, Some(scan)) => scan.outcome.word(),
        (None, None) => "At the door",
    };
    let zone = show.venue.timezone.clone();
    let place =
        format!("{}, {}", text::day_and_time(show.starts_at, &zone), text::places::place(&show.venue));
    view! {
        <Title text=format!("{word}: {}", show.title)/>
        <div class="col-span-full grid min-h-dvh grid-cols-1 content-start lg:grid-cols-[1fr_30rem] lg:grid-rows-[auto_1fr]">
            <div class="flex items-center justify-between gap-3 border-b border-hair bg-paper px-4 py-2.5 lg:px-8">
                <div class="min-w-0">
                    <h1 class="text-lg leading-tight">{show.title.clone()}</h1>
                    <p class="text-xs text-ink-2">{place}</p>
                </div>
                <a class="inline-flex min-h-11 shrink-0 items-center text-sm" href=format!("/sell/shows/{}", show.id)>"Leave the door"</a>
            </div>
            <verdict::Verdict scan=latest failed zone=zone.clone()/>
            <div class="bg-well px-4 py-6 text-ink lg:px-8 lg:py-12">
                <CodeForm scans=scans.clone()/>
                <History scans zone/>
            </div>
        </div>
    }
}

/// A scanner is a keyboard that types a code and presses Enter: the field has the focus whenever the page is shown.
#[component]
fn CodeForm(scans: Vec<Scan>) -> impl IntoView {
    let state = FormState::of(CHECK_IN);
    let error = state.errors().on("code").map(str::to_owned);
    let described =
        if error.is_some() { "check-in-code-error check-in-code-hint" } else { "check-in-code-hint" };
    let kept = scans
        .iter()
        .take(HISTORY_MAX)
        .map(|scan| view! { <input type="hidden" name="scan" value=scan.kept()/> })
        .collect_view();
    view! {
        <Form id=CHECK_IN class="grid max-w-3xl gap-4" keeps_focus=true>
            {kept}
            <div class="field">
                <label class="!text-lg" for="check-in-code">"Ticket code"</label>
                <div class="grid gap-3 sm:grid-cols-[1fr_auto]">
                    <input
                        class="input num !min-h-16 !text-xl"
                        id="check-in-code"
                        name="code"
                        type="text"
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        autofocus
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=described
                    />
                    <Button kind=ButtonKind::Spot>"Check"</Button>
                </div>
                {error.map(|error| view! { <p class="error" id="check-in-code-error">{error}</p> })}
                <p class="hint" id="check-in-code-hint">"Scan it, or type what stands under the ticket’s square."</p>
            </div>
        </Form>
    }
}

#[component]
fn History(scans: Vec<Scan>, zone: String) -> impl IntoView {
    if scans.is_empty() {
        return ().into_any();
    }
    let rows = scans
        .into_iter()
        .map(|scan| {
            let time = text::time_to_the_second(scan.at, &zone);
            view! {
                <li class="flex flex-wrap gap-x-4 border-b border-hair py-2 text-sm">
                    <span class="num">{time}</span> <b>{scan.outcome.word()}</b> <span class="text-ink-2">{scan.whom}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="mt-10 max-w-3xl" aria-labelledby="scans">
            <h2 class="border-b-2 border-ink pb-1 text-xl" id="scans">"Last scans"</h2>
            <ol>{rows}</ol>
        </section>
    }
    .into_any()
}

async fn check_in(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let request = CheckIn { code: form.text("code") };
    if request.code.is_empty() {
        return Err(FormErrors::field("code", "Scan a ticket, or type its code").into());
    }
    FormErrors::check(&request)?;
    let answer = api::tickets::check_in(form.api(), id, &request, &form.idempotency_key()).await;
    let scan = Scan::of(answer, now())?;
    let earlier = form.all("scan").into_iter().take(HISTORY_MAX - 1);
    let scans = std::iter::once(scan.kept()).chain(earlier);
    Ok(Done::here(scans.map(|scan| ("scan".to_owned(), scan)).collect()))
}
