//! A show and its tickets.

mod about;
mod hold;
pub(crate) mod intent;
mod listing;
mod seats;

use crate::{
    api,
    app::{param, query},
    components::{AvailKey, LinkButton, Notice, Poster, Title, Tone},
    error::AppError,
    forms::{FormFailure, Forms},
    loading::{Main, load},
    session::{use_api, viewer},
    text,
    visit::{Visit, now},
};
use about::{About, Breadcrumb, Practical, Standing};
use contracts::{
    ProblemCode,
    ids::ShowId,
    listings::{ListingKind, ListingStatus, ListingView},
    orders::OrderView,
    shows::{ShowStatus, ShowView},
};
use hold::HOLD;
use intent::Intent;
use leptos::prelude::*;
use listing::{Choice, Row};

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/shows/{id}").on(HOLD, hold::hold)
}

/// One show: what it is, and what can be held.
#[component]
pub fn ShowPage() -> impl IntoView {
    let id = param::<ShowId>("id");
    let show = load(async move {
        let (api, id, someone) = (use_api()?, id?, viewer().is_some());
        let held = async { if someone { api::orders::held_for(&api, id).await } else { None } };
        let (show, held) = tokio::join!(api::shows::find(&api, id), held);
        Ok::<_, AppError>((show?, held))
    });
    view! {
        <Main load=show let:found>
            <Show show=found.0 held=found.1/>
        </Main>
    }
}

#[component]
fn Show(show: ShowView, held: Option<OrderView>) -> impl IntoView {
    let zone = show.venue.timezone.clone();
    view! {
        <Title text=show.title.clone()/>
        <Breadcrumb show=show.clone()/>
        <div class="grid gap-x-12 gap-y-8 pt-4 lg:grid-cols-12">
            <div class="lg:col-span-5">
                <div class="max-md:-mx-4 lg:sticky lg:top-6">
                    <Poster
                        id=show.id.to_string()
                        title=show.title.clone()
                        foot=show.venue.name.clone()
                        side=text::day(show.starts_at, &zone)
                        headline=true
                        class="lg:aspect-[4/5.7]"
                    />
                </div>
            </div>
            <div class="min-w-0 lg:col-span-7">
                <Standing show=show.clone()/>
                <About show=show.clone()/>
                <Tickets show=show.clone() held/>
                <Practical show/>
            </div>
        </div>
    }
}

#[component]
fn Tickets(show: ShowView, held: Option<OrderView>) -> impl IntoView {
    let over = show.starts_at <= now();
    if show.status == ShowStatus::Cancelled || over {
        return ().into_any();
    }
    let choice = Choice {
        show: show.id,
        zone: show.venue.timezone.clone(),
        intent: Intent::from_path(&Visit::current().path),
        viewer: viewer().map(|viewer| viewer.id),
        held: held.as_ref().map(|order| order.id),
        draft: show.status == ShowStatus::Draft,
    };
    let (resale, primary): (Vec<_>, Vec<_>) = show
        .listings
        .into_iter()
        .filter(|listing| listing.status == ListingStatus::OnSale)
        .partition(|listing| listing.kind == ListingKind::Resale);
    let minutes = text::count(show.hold_seconds.div_ceil(60), "minute", "minutes");
    view! {
        <section aria-labelledby="tickets" class="mt-9">
            <div class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
                <h2 class="text-2xl" id="tickets">"Tickets"</h2>
                <AvailKey/>
            </div>
            <p class="mt-1 text-sm text-ink-2">
                {format!("Holding costs nothing. You get {minutes} to pay, then they go back on sale.")}
            </p>
            <div class="mt-4 grid gap-4 empty:hidden">
                {held.map(|order| view! { <Held order/> })} <Refused/> <FormFailure id=HOLD/>
            </div>
            <Primary listings=primary choice=choice.clone()/>
            {(!resale.is_empty()).then(|| view! { <Resale listings=resale choice/> })}
        </section>
    }
    .into_any()
}

/// The visitor's own hold of this show.
#[component]
fn Held(order: OrderView) -> impl IntoView {
    let count: u32 = order.items.iter().map(|item| item.quantity).sum();
    let until = text::time_there(order.expires_at, &order.show.venue.timezone);
    let title = format!("You hold {} until {until}", text::count(count, "ticket", "tickets"));
    view! {
        <Notice title>
            <p class="mt-2">
                <LinkButton href=format!("/orders/{}", order.id)>{format!("Pay {}", order.total)}</LinkButton>
            </p>
        </Notice>
    }
}

/// Why what was chosen before signing in is not held.
#[component]
fn Refused() -> impl IntoView {
    let code = query("refused").and_then(|word| word.parse::<ProblemCode>().ok());
    code.map(|code| {
        view! {
            <Notice tone=Tone::Warn title="Nothing was held">
                <p class="text-sm">{hold::refused_in_words(code)}</p>
            </Notice>
        }
    })
}

#[component]
fn Primary(listings: Vec<ListingView>, choice: Choice) -> impl IntoView {
    let free: u32 = listings.iter().map(|listing| listing.stock.free).sum();
    let total: u32 = listings.iter().map(|listing| listing.stock.total).sum();
    if listings.is_empty() {
        return view! { <p class="mt-6 rule pt-4">"No tickets are on sale yet. Come back later."</p> }
            .into_any();
    }
    let first = listings.iter().position(|listing| listing.stock.free > 0);
    let rows = listings
        .into_iter()
        .enumerate()
        .map(|(place, listing)| view! { <Row listing choice=choice.clone() first=first == Some(place)/> })
        .collect_view();
    view! {
        <section aria-labelledby="primary" class="mt-6">
            <div class="rule flex flex-wrap items-baseline justify-between gap-x-4 pt-3">
                <h3 class="text-xl" id="primary">"From the organiser"</h3>
                <p class="text-sm text-ink-2">{format!("{free} of {total} free")}</p>
            </div>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Resale(listings: Vec<ListingView>, choice: Choice) -> impl IntoView {
    let count = text::count(listings.len() as u64, "ticket", "tickets");
    let rows = listings
        .into_iter()
        .map(|listing| view! { <Row listing choice=choice.clone() first=false/> })
        .collect_view();
    view! {
        <section aria-labelledby="resale" class="mt-9">
            <div class="rule flex flex-wrap items-baseline justify-between gap-x-4 pt-3">
                <h3 class="text-xl" id="resale">"Resold by fans"</h3>
                <p class="text-sm text-ink-2">{count} ", all checked"</p>
            </div>
            <p class="mt-1 max-w-[66ch] text-sm text-ink-2">
                "The seller’s ticket is cancelled the moment you pay, and a new one is issued to you. Nobody may ask for more than face value plus the organiser’s cap."
            </p>
            <ul>{rows}</ul>
        </section>
    }
}
