//! One ticket, its code and its resale.

mod resale;

use super::tickets::void_in_words;
use crate::{
    api,
    app::{param, query},
    components::{
        Icon, LinkButton, Notice, Qr, Stamp, Stub, Tag, TagKind, Ticket, TicketKind, Title, Tone,
        issued::TicketFacts,
    },
    forms::Forms,
    loading::{Main, load},
    session::{require_user, use_api},
    text,
};
use contracts::{
    ids::TicketId,
    shows::ShowStatus,
    tickets::{TicketState, TicketView},
};
use leptos::prelude::*;
use resale::Resale;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/tickets/{id}").on(resale::RESELL, resale::resell).on(resale::WITHDRAW, resale::withdraw)
}

/// Your ticket, large enough for the door.
#[component]
pub fn TicketPage() -> impl IntoView {
    let id = param::<TicketId>("id");
    let ticket = load(async move {
        require_user()?;
        api::tickets::find(&use_api()?, id?).await
    });
    view! {
        <Main load=ticket let:ticket>
            <OneTicket ticket/>
        </Main>
    }
}

#[component]
fn OneTicket(ticket: TicketView) -> impl IntoView {
    let title = ticket.show.title.clone();
    let withdrawn = query("withdrawn").is_some();
    view! {
        <Title text=format!("Your ticket: {title}")/>
        <p class="pt-5 text-sm"><a class="inline-block py-0.5" href="/tickets">"My tickets"</a></p>
        <div class="grid gap-x-12 gap-y-8 pt-3 lg:grid-cols-12">
            <div class="min-w-0 lg:col-span-8">
                <div class="flex flex-wrap items-end justify-between gap-3">
                    <h1 class="text-4xl wrap-anywhere md:text-5xl">{title}</h1>
                    {tag(ticket.state)}
                </div>
                <div class="mt-6"><Sheet ticket=ticket.clone()/></div>
            </div>
            <div class="min-w-0 lg:col-span-4">
                <WaysOn ticket=ticket.clone()/>
                <Resale ticket withdrawn/>
            </div>
        </div>
    }
}

fn tag(state: TicketState) -> impl IntoView {
    let (kind, word) = match state {
        TicketState::Valid => (TagKind::Ok, "Valid"),
        TicketState::Listed => (TagKind::Info, "On resale"),
        TicketState::CheckedIn => (TagKind::Mute, "Used"),
        TicketState::Void => (TagKind::Mute, "Void"),
    };
    view! { <Tag kind>{word}</Tag> }
}

/// The ticket itself. What no longer opens a door has no code.
#[component]
fn Sheet(ticket: TicketView) -> impl IntoView {
    let void = ticket.state == TicketState::Void;
    let number = text::short_id(ticket.id);
    let code = if void {
        let (stamp, words) = void_in_words(&ticket);
        view! { <Stamp>{stamp}</Stamp> <p class="mt-3 text-sm text-ink-2">{words}</p> }.into_any()
    } else {
        let code = ticket.code.clone();
        view! {
            <div class="mx-auto w-full max-w-72"><Qr src=api::tickets::qr_path(ticket.id) code=code.clone()/></div>
            <p class="mt-3 text-xs">
                <span class="label block">"Code, to type in at the door"</span>
                <b class="num break-all">{code}</b>
            </p>
        }
        .into_any()
    };
    let kind = if void { TicketKind::Void } else { TicketKind::Sheet };
    view! {
        <Ticket kind>
            <Stub slot class="ticket-stub sm:w-80">{code}</Stub>
            <p class="label">"Ticket " {number}</p>
            <div class="mt-4"><TicketFacts ticket/></div>
        </Ticket>
    }
}

#[component]
fn WaysOn(ticket: TicketView) -> impl IntoView {
    let notice = match ticket.state {
        TicketState::Listed => Some(view! {
            <Notice tone=Tone::Warn title="It does not open the door while it is on resale">
                <p class="text-sm">"Take it off sale first if you want to go yourself."</p>
            </Notice>
        }),
        _ => None,
    };
    let used = ticket.checked_in_at.map(|at| {
        let at = text::in_full(at, &ticket.show.venue.timezone);
        view! { <p class="text-sm">{format!("Used on {at}. One code lets in one person, once.")}</p> }
    });
    let goes = ticket.show.status == ShowStatus::Published && ticket.state != TicketState::Void;
    let calendar = goes.then(|| api::tickets::calendar_path(ticket.id));
    view! {
        <div class="grid gap-3">
            {notice} {used}
            {calendar.map(|href| view! { <LinkButton href icon=Icon::Calendar>"Add to calendar"</LinkButton> })}
            <LinkButton href=format!("/orders/{}", ticket.order_id)>"The order"</LinkButton>
            <LinkButton href=format!("/shows/{}", ticket.show.id)>"The show"</LinkButton>
        </div>
    }
}
