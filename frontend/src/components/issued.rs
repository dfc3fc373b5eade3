//! A ticket that was issued, whole: what it is for, and its code.

use super::{Fact, Facts, Qr, Stub, Ticket, TicketKind, When, WhenStyle};
use crate::{api, text, text::places::place};
use contracts::tickets::{TicketState, TicketView};
use leptos::prelude::*;

const ART: &str = "-mx-[calc(1.25rem-1px)] -mt-[calc(1.25rem-1px)] h-24 w-[calc(100%+2.5rem-2px)] max-w-none object-cover sm:-my-[calc(1.5rem-1px)] sm:mr-0 sm:-ml-[calc(1.75rem-1px)] sm:h-auto sm:w-32 sm:shrink-0 sm:self-stretch";

/// The ticket with its QR code. One that is void has lost it.
#[component]
pub fn IssuedTicket(
    /// The ticket.
    ticket: TicketView,
    /// Which of how many.
    place: Option<(u32, u32)>,
) -> impl IntoView {
    let void = ticket.state == TicketState::Void;
    let kind = if void { TicketKind::Void } else { TicketKind::Sheet };
    let label = place.map_or_else(|| "Ticket".to_owned(), |(number, of)| format!("Ticket {number} of {of}"));
    let href = format!("/tickets/{}", ticket.id);
    let (title, stub, name) = (ticket.show.title.clone(), ticket.clone(), label.clone());
    view! {
        <article aria-label=name>
            <Ticket kind>
                <Stub slot class="ticket-stub flex items-center gap-4 sm:w-52 sm:flex-col sm:justify-center sm:gap-2">
                    <Code ticket=stub/>
                </Stub>
                <div class="flex h-full gap-5 max-sm:flex-col">
                    <img class=ART src=format!("/posters/{}.svg", ticket.show.id) alt="" width="128" height="128"/>
                    <div class="flex min-w-0 flex-1 flex-col justify-between gap-5">
                        <div>
                            <p class="text-sm text-ink-2">{label}</p>
                            <h2 class="text-2xl wrap-anywhere md:text-[2.5rem] md:leading-[.92]">
                                <a class="no-underline hover:underline" href=href>{title}</a>
                            </h2>
                        </div>
                        <TicketFacts ticket/>
                    </div>
                </div>
            </Ticket>
        </article>
    }
}

#[component]
fn Code(ticket: TicketView) -> impl IntoView {
    let number = text::short_id(ticket.id);
    let code = (ticket.state != TicketState::Void).then(|| {
        view! {
            <div class="w-36 shrink-0 sm:w-full">
                <Qr src=api::tickets::qr_path(ticket.id) code=ticket.code/>
            </div>
        }
    });
    view! {
        {code}
        <p class="sm:text-center">
            <span class="label block">"Ticket number"</span>
            <b class="num text-lg tracking-wide">{number}</b>
        </p>
    }
}

/// When, where, for whom and for how much, in the time of the venue.
#[component]
pub fn TicketFacts(
    /// The ticket.
    ticket: TicketView,
) -> impl IntoView {
    let show = ticket.show;
    let zone = show.venue.timezone.clone();
    let doors = format!("{} / {}", text::time(show.doors_at, &zone), text::time(show.starts_at, &zone));
    let entry = match ticket.seat {
        Some(seat) => format!("{}, seat {seat}", ticket.listing_name),
        None => ticket.listing_name,
    };
    view! {
        <Facts>
            <Fact term="Date"><When at=show.starts_at zone style=WhenStyle::DayAndYear/></Fact>
            <Fact term="Doors / start">{doors}</Fact>
            <Fact term="Place">{place(&show.venue)}</Fact>
            <Fact term="Entry">{entry}</Fact>
            <Fact term="Name">{ticket.holder_name}</Fact>
            <Fact term="Paid">{ticket.face_value.to_string()}</Fact>
        </Facts>
    }
}
