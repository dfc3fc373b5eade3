//! Paid: the tickets.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::summary::{Lines, tickets, tickets_in_words};
use crate::{
    api,
    components::{Icon, IssuedTicket, LinkButton, Notice, RefreshWithoutScript, Title},
    islands::Again,
    text,
    visit::now,
};
use chrono::TimeDelta;
use contracts::{orders::OrderView, shows::ShowStatus, tickets::TicketView};
use leptos::prelude::*;

/// Tickets are issued within a second; for this long the page looks again by itself.
const ISSUED_WITHIN: TimeDelta = TimeDelta::minutes(30);

/// Every ticket of the order with its code, the receipt, and what to do when plans change.
#[component]
pub fn Complete(order: OrderView, tickets: Option<Vec<TicketView>>) -> impl IntoView {
    let heading = heading(&order);
    let issued = tickets.unwrap_or_default();
    let missing = u32::try_from(issued.len()).is_ok_and(|count| count < self::tickets(&order));
    let fresh = now() - order.created_at < ISSUED_WITHIN;
    let calendar = issued.first().map(|ticket| api::tickets::calendar_path(ticket.id));
    let resell = issued.first().map(|ticket| format!("/tickets/{}", ticket.id));
    let of = self::tickets(&order);
    let sheets = issued
        .into_iter()
        .zip(1_u32..)
        .map(|(ticket, number)| view! { <IssuedTicket ticket place=Some((number, of))/> })
        .collect_view();
    view! {
        <Title text=heading.clone()/>
        <div class="grid gap-x-12 gap-y-8 pt-8 md:pt-12 lg:grid-cols-12">
            <div class="min-w-0 lg:col-span-8">
                <h1 class="text-4xl md:text-5xl">{heading}</h1>
                <p class="mt-3 text-lg" role="status">
                    "Order " <b class="num">{text::short_id(order.id)}</b> " is paid: "
                    {tickets_in_words(&order)} " for "
                    <a href=format!("/shows/{}", order.show.id)>{order.show.title.clone()}</a> "."
                </p>
                {missing.then(|| view! { <Issuing again=fresh/> })}
                <div class="mt-8 grid gap-6">{sheets}</div>
                <p class="mt-4 max-w-[52ch] text-sm text-ink-2">
                    "Each code opens the door once. A photo of it works as well as the original, so show it to nobody else."
                </p>
            </div>
            <aside class="min-w-0 lg:col-span-4" aria-label="Receipt and help">
                <div class="grid gap-3">
                    <LinkButton href="/tickets">"My tickets"</LinkButton>
                    {calendar.map(|href| view! { <LinkButton href icon=Icon::Calendar>"Add to calendar"</LinkButton> })}
                </div>
                <h2 class="rule mt-8 pt-3 text-xl">"Receipt"</h2>
                <div class="mt-2"><Lines order=order.clone()/></div>
                <h2 class="rule mt-8 pt-3 text-xl">"If you cannot go"</h2>
                <p class="mt-2 text-sm">
                    "Ask the organiser for your money back. "
                    {resell.map(|href| view! { <a href=href>"Resell a ticket here"</a> " and get your money when it is bought." })}
                </p>
            </aside>
        </div>
    }
}

fn heading(order: &OrderView) -> String {
    let show = &order.show;
    if show.status == ShowStatus::Cancelled {
        "The show was cancelled".to_owned()
    } else if show.starts_at > now() {
        format!("See you on {}", text::weekday(show.starts_at, &show.venue.timezone))
    } else {
        "Paid".to_owned()
    }
}

#[component]
fn Issuing(again: bool) -> impl IntoView {
    view! {
        <div class="mt-6">
            <Notice title="Your tickets are being issued">
                <p class="text-sm">"They are paid for and yours. They appear here in a moment."</p>
            </Notice>
            {again.then(|| view! { <RefreshWithoutScript seconds=2/> <Again seconds=2/> })}
        </div>
    }
}
