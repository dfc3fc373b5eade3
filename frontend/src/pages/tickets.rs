//! The visitor's tickets: each is drawn as one, and its shape says what it is good for.

use super::orders::MineTabs;
use crate::{
    api,
    app::query,
    components::{
        ButtonKind, Empty, LinkButton, Pager, Stamp, Stub, Tag, TagKind, Thumb, Ticket, TicketKind, Title,
        Torn, When,
    },
    islands::HoldClock,
    loading::{Main, load},
    session::{require_user, use_api},
    text,
    text::places::place,
    visit::now,
};
use contracts::{
    Page, PageQuery,
    orders::OrderView,
    shows::ShowStatus,
    tickets::{TicketState, TicketView, VoidReason},
};
use leptos::prelude::*;

/// Tickets on one page.
const TICKETS_PER_PAGE: u16 = 30;

/// Your tickets: what is held, what is coming up, what is over.
#[component]
pub fn TicketsPage() -> impl IntoView {
    let cursor = query("cursor");
    let first = cursor.is_some().then(|| "/tickets".to_owned());
    let tickets = load(async move {
        require_user()?;
        let api = use_api()?;
        let page = PageQuery { cursor, limit: Some(TICKETS_PER_PAGE) };
        let held = api::orders::held();
        let (tickets, held) = tokio::join!(api::tickets::list(&api, &page), held);
        // What is held only adorns this page.
        Ok((tickets?, held.ok().flatten()))
    });
    view! {
        <Title text="My tickets"/>
        <Main load=tickets let:found>
            <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"My tickets"</h1>
            <div class="mt-5"><MineTabs current="/tickets"/></div>
            {found.1.map(|order| view! { <HeldOrder order/> })}
            <List tickets=found.0 first/>
        </Main>
    }
}

/// What is held and not paid yet.
#[component]
fn HeldOrder(order: OrderView) -> impl IntoView {
    let count = order.items.iter().map(|item| item.quantity).sum::<u32>();
    let zone = &order.show.venue.timezone;
    let what = format!("{count} × {}, {}", order.show.title, text::day(order.show.starts_at, zone));
    let until = text::time_there(order.expires_at, zone);
    view! {
        <section class="mt-8" aria-labelledby="held">
            <h2 class="sr-only" id="held">"Waiting for you to pay"</h2>
            <Ticket kind=TicketKind::Held>
                <Stub slot class="ticket-stub flex items-center justify-between gap-5 sm:w-56 sm:flex-col sm:items-stretch sm:justify-center sm:gap-2">
                    <p class="num text-2xl leading-none">{order.total.to_string()}</p>
                    <a class="btn btn-ink !border-on-spot !bg-on-spot !text-spot" href=format!("/orders/{}", order.id)>
                        "Pay now"
                    </a>
                </Stub>
                <div class="flex flex-wrap items-center gap-x-8 gap-y-3">
                    <p class="hold-time [&_span]:text-[3.25rem]" role="timer" aria-live="off" aria-label="Time left to pay">
                        <HoldClock until_ms=order.expires_at.timestamp_millis() now_ms=order.now.timestamp_millis()/>
                    </p>
                    <p class="text-sm">
                        <b class="text-base wrap-anywhere">{what}</b> <br/>
                        {format!("Held for you until {until}. Nothing has been charged.")}
                    </p>
                </div>
            </Ticket>
        </section>
    }
}

#[component]
fn List(tickets: Page<TicketView>, first: Option<String>) -> impl IntoView {
    if tickets.items.is_empty() && first.is_none() {
        return view! {
            <Empty title="You have no tickets yet">
                <p>"As soon as you have paid for some, their codes are here. " <a href="/">"What’s on"</a></p>
            </Empty>
        }
        .into_any();
    }
    let next = tickets.next_cursor.map(|cursor| format!("/tickets?cursor={cursor}"));
    let (coming, over): (Vec<_>, Vec<_>) = tickets.items.into_iter().partition(is_coming);
    view! {
        {(!coming.is_empty()).then(|| view! { <Group id="coming" title="Coming up" tickets=coming class="mt-4 grid gap-5"/> })}
        {(!over.is_empty()).then(|| view! { <Group id="over" title="Over and done" tickets=over class="mt-4 grid gap-5 lg:grid-cols-2"/> })}
        <Pager first next/>
    }
    .into_any()
}

/// Will it still be used?
fn is_coming(ticket: &TicketView) -> bool {
    matches!(ticket.state, TicketState::Valid | TicketState::Listed) && ticket.show.starts_at > now()
}

#[component]
fn Group(
    id: &'static str,
    title: &'static str,
    tickets: Vec<TicketView>,
    class: &'static str,
) -> impl IntoView {
    let rows = tickets.into_iter().map(|ticket| view! { <li><OneTicket ticket/></li> }).collect_view();
    view! {
        <section class="mt-10" aria-labelledby=id>
            <h2 class="text-2xl" id=id>{title}</h2>
            <ul class=class>{rows}</ul>
        </section>
    }
}

#[component]
fn OneTicket(ticket: TicketView) -> impl IntoView {
    match ticket.state {
        TicketState::Valid | TicketState::Listed => view! { <Good ticket/> }.into_any(),
        TicketState::CheckedIn => view! { <Used ticket/> }.into_any(),
        TicketState::Void => view! { <Void ticket/> }.into_any(),
    }
}

#[component]
fn Good(ticket: TicketView) -> impl IntoView {
    let href = format!("/tickets/{}", ticket.id);
    let number = text::short_id(ticket.id);
    view! {
        <article>
            <Ticket>
                <Stub slot class="ticket-stub flex flex-col justify-center gap-2 sm:w-56">
                    <LinkButton href=href kind=ButtonKind::Ink>
                        "Show QR code" <span class="sr-only">" of ticket " {number}</span>
                    </LinkButton>
                </Stub>
                <Words ticket/>
            </Ticket>
        </article>
    }
}

#[component]
fn Words(ticket: TicketView) -> impl IntoView {
    let (kind, word) = match ticket.state {
        TicketState::Listed => (TagKind::Info, "On resale"),
        _ => (TagKind::Ok, "Valid"),
    };
    let details = details(&ticket);
    let show = ticket.show;
    view! {
        <div class="flex gap-4 sm:gap-5">
            <Thumb id=show.id.to_string()/>
            <div class="min-w-0 flex-1">
                <div class="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
                    <h3 class="text-xl wrap-anywhere sm:text-2xl">{show.title}</h3>
                    <Tag kind>{word}</Tag>
                </div>
                <p class="mt-1 text-sm">
                    <b><When at=show.starts_at zone=show.venue.timezone.clone()/></b> " · " {place(&show.venue)}
                </p>
                <p class="mt-1 text-sm text-ink-2">{details}</p>
            </div>
        </div>
    }
}

/// `Stalls, seat A1 · ticket 4F2A9C`
fn details(ticket: &TicketView) -> String {
    let seat = ticket.seat.as_ref().map(|seat| format!(", seat {seat}")).unwrap_or_default();
    format!("{}{seat} · ticket {}", ticket.listing_name, text::short_id(ticket.id))
}

#[component]
fn Used(ticket: TicketView) -> impl IntoView {
    let zone = &ticket.show.venue.timezone;
    let at =
        ticket.checked_in_at.map(|at| format!(" Scanned at {}.", text::time(at, zone))).unwrap_or_default();
    let words = format!("{}, {}.{at}", text::day(ticket.show.starts_at, zone), place(&ticket.show.venue));
    view! {
        <article>
            <Torn>
                <div class="flex gap-4">
                    <Thumb id=ticket.show.id.to_string()/>
                    <div class="min-w-0 flex-1">
                        <div class="flex flex-wrap items-baseline justify-between gap-2">
                            <h3 class="text-xl wrap-anywhere">
                                <a class="no-underline hover:underline" href=format!("/tickets/{}", ticket.id)>
                                    {ticket.show.title}
                                </a>
                            </h3>
                            <Tag kind=TagKind::Mute>"Used"</Tag>
                        </div>
                        <p class="mt-1 text-sm text-ink-2">{words}</p>
                    </div>
                </div>
            </Torn>
        </article>
    }
}

#[component]
fn Void(ticket: TicketView) -> impl IntoView {
    let (stamp, words) = void_in_words(&ticket);
    let day = text::day(ticket.show.starts_at, &ticket.show.venue.timezone);
    view! {
        <article>
            <Ticket kind=TicketKind::Void>
                <Stub slot><Stamp>{stamp}</Stamp></Stub>
                <div class="flex gap-4 sm:gap-5">
                    <Thumb id=ticket.show.id.to_string()/>
                    <div class="min-w-0 flex-1">
                        <h3 class="text-xl wrap-anywhere">
                            <a class="no-underline hover:underline" href=format!("/tickets/{}", ticket.id)>
                                {ticket.show.title.clone()}
                            </a>
                        </h3>
                        <p class="mt-1 text-sm">{day} " · " {place(&ticket.show.venue)}</p>
                        <p class="mt-1 text-sm text-ink-2">{words}</p>
                    </div>
                </div>
            </Ticket>
        </article>
    }
}

/// The word on a void ticket, and what it means.
pub(super) fn void_in_words(ticket: &TicketView) -> (&'static str, &'static str) {
    let cancelled = ("Cancelled", "The show was cancelled. What you paid goes back to you, fees included.");
    match ticket.void_reason {
        Some(VoidReason::ShowCancelled) => cancelled,
        Some(VoidReason::Resold) => ("Resold", "Another fan bought it. Its code no longer opens the door."),
        Some(VoidReason::Refunded) => {
            ("Refunded", "What you paid for it goes back to you. Its code no longer opens the door.")
        }
        Some(VoidReason::NotTransferable) => {
            ("Void", "Its seller had it no more when you bought it. What you paid goes back to you.")
        }
        None if ticket.show.status == ShowStatus::Cancelled => cancelled,
        None => ("Void", "It was refunded or resold. Its code no longer opens the door."),
    }
}
