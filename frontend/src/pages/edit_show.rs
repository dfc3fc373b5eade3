//! One show of a seller: details, tickets, buyers, and its end.

pub mod add_listing;
pub mod cancel;
pub mod details;
pub mod edit_listing;
pub mod listings;
pub mod orders;
pub mod refund;
mod seats;
pub mod window;

use super::sell::state::ShowState;
use crate::{
    api,
    app::{param, query},
    backend::Api,
    components::{Button, ButtonKind, LinkButton, Notice, Part, Title, Tone, When},
    error::AppError,
    forms::{Done, FormFailure, FormId, Forms, Outcome, RowForm, Submission},
    loading::{Main, Section, load},
    session::{require_user, use_api},
    text,
};
use contracts::{
    PageQuery,
    ids::ShowId,
    listings::ListingKind,
    shows::{ShowStatus, ShowView},
};
use leptos::prelude::*;

const PUBLISH: FormId = "publish";

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    let page = Forms::at("/sell/shows/{id}")
        .on(details::SAVE, details::save)
        .on(PUBLISH, publish)
        .on(add_listing::ADD, add_listing::add)
        .on(edit_listing::EDIT, edit_listing::edit)
        .on(refund::REFUND, refund::refund);
    cancel::forms(listings::forms(page))
}

/// A show of one's own. Somebody else's is not found here.
#[component]
pub fn EditShowPage() -> impl IntoView {
    let id = param::<ShowId>("id");
    let show = load(async move {
        let viewer = require_user()?;
        let show = find(&use_api()?, id?).await?;
        if show.organiser.id == viewer.id { Ok(show) } else { Err(AppError::NotFound) }
    });
    view! {
        <Main load=show let:show>
            {if query("cancel").is_some() && show.status != ShowStatus::Cancelled {
                view! { <cancel::CancelPage show/> }.into_any()
            } else {
                view! { <Show show/> }.into_any()
            }}
        </Main>
    }
}

async fn find(api: &Api, id: ShowId) -> Result<ShowView, AppError> {
    api::shows::find(api, id).await
}

#[component]
fn Show(show: ShowView) -> impl IntoView {
    let id = show.id;
    let page = PageQuery { cursor: query("cursor"), limit: Some(50) };
    let draft = show.status == ShowStatus::Draft;
    let orders = load(async move {
        // Orders hears of a show when it is published, and would wait for that.
        if draft {
            return Ok(orders::none());
        }
        let api = use_api()?;
        match api::orders::of_show(&api, id, &page).await {
            // Published a moment ago.
            Err(AppError::NotFound | AppError::NotYetKnown { .. }) => Ok(orders::none()),
            orders => orders,
        }
    });
    let resold = show.listings.iter().any(|listing| listing.kind == ListingKind::Resale).then(|| {
        let show = show.clone();
        view! { <Part id="resold" title="Resold by fans"><listings::Resold show/></Part> }
    });
    let (of_tickets, of_orders, of_details) = (show.clone(), show.clone(), show.clone());
    view! {
        <Title text=show.title.clone()/>
        <Head show=show.clone()/>
        <News/>
        <FormFailure id=PUBLISH/>
        <Part id="tickets" title="Tickets"><listings::Listings show=of_tickets/></Part>
        {resold}
        <Part id="orders" title="Orders">
            <Section load=orders what="Orders" let:orders><orders::Orders show=of_orders orders/></Section>
        </Part>
        <Part id="details" title="Details"><details::Details show=of_details/></Part>
        <cancel::CancelPart show/>
    }
}

#[component]
fn Head(show: ShowView) -> impl IntoView {
    let id = show.id;
    let public = show.status != ShowStatus::Draft;
    let published = show.status == ShowStatus::Published;
    let draft_note = match show.status {
        ShowStatus::Draft if show.listings.is_empty() => {
            Some("Only you see it. Add tickets before you publish it.")
        }
        ShowStatus::Draft => Some("Only you see it. Publish it, and its tickets are on sale."),
        ShowStatus::Published | ShowStatus::Cancelled => None,
    };
    view! {
        <nav aria-label="Breadcrumb" class="pt-5 text-sm">
            <ol class="flex flex-wrap items-baseline gap-x-2">
                <li><a class="inline-block py-0.5" href="/sell">"Your shows"</a> <span aria-hidden="true">" /"</span></li>
                <li aria-current="page">{show.title.clone()}</li>
            </ol>
        </nav>
        <div class="mt-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
            <div class="min-w-0">
                <h1 class="text-3xl md:text-5xl">{show.title.clone()}</h1>
                <p class="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2">
                    {ShowState::of(show.status, show.starts_at).tag()}
                    <When at=show.starts_at zone=show.venue.timezone.clone()/>
                    <span>{text::places::place(&show.venue)}</span>
                </p>
                {draft_note.map(|note| view! { <p class="mt-2">{note}</p> })}
            </div>
            <div class="flex flex-wrap gap-3">
                {public.then(|| view! { <LinkButton href=format!("/shows/{id}")>"See its page"</LinkButton> })}
                {published.then(|| view! { <LinkButton href=format!("/sell/shows/{id}/door")>"Open the door"</LinkButton> })}
                {(!public).then(|| view! {
                    <RowForm id=PUBLISH><Button kind=ButtonKind::Spot>"Publish show"</Button></RowForm>
                })}
            </div>
        </div>
    }
}

/// What was done a moment ago, in words of ours: the address only says which.
#[component]
fn News() -> impl IntoView {
    let title = match query("done").as_deref() {
        Some("saved") => "The details are saved",
        Some("published") => "The show is published: everybody can find it and buy",
        Some("listed") => "The tickets are added",
        Some("listing") => "The tickets are changed",
        Some("deleted") => "The tickets are no longer offered. What is sold stays sold",
        Some("refund") => "The refund is on its way: the order below shows it in a moment",
        Some("cancelled") => "The show is cancelled. Every buyer is refunded and told by mail",
        _ => return ().into_any(),
    };
    view! { <div class="mt-6 max-w-3xl"><Notice tone=Tone::Ok title/></div> }.into_any()
}

/// Back to the page, with what was done.
fn back(id: ShowId, done: &str, part: &str) -> Done {
    Done::to(format!("/sell/shows/{id}?done={done}#{part}"))
}

async fn publish(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    api::shows::publish(form.api(), id).await?;
    Ok(back(id, "published", "main"))
}
