//! What is in an order and what it costs.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use crate::{
    components::{Stub, Thumb, Ticket, TicketKind, When},
    text,
    text::places::place,
};
use contracts::{Money, orders::OrderView};
use leptos::prelude::*;

/// How many tickets are in it.
pub(super) fn tickets(order: &OrderView) -> u32 {
    order.items.iter().map(|item| item.quantity).sum()
}

/// `2 tickets`
pub(super) fn tickets_in_words(order: &OrderView) -> String {
    text::count(tickets(order), "ticket", "tickets")
}

/// `19:42 London time`
pub(super) fn held_until(order: &OrderView) -> String {
    text::time_there(order.expires_at, &order.show.venue.timezone)
}

/// The totals beside a form.
#[component]
pub fn Totals(order: OrderView) -> impl IntoView {
    let total = order.total.to_string();
    view! {
        <section aria-labelledby="order">
            <div class="lg:sticky lg:top-28">
                <Ticket kind=TicketKind::Tall>
                    <Stub slot class="ticket-stub flex items-baseline justify-between gap-4">
                        <p class="font-semibold">"You pay today"</p>
                        <p class="num text-3xl">{total}</p>
                    </Stub>
                    <OrderShow order=order.clone()/>
                    <div class="mt-5"><Lines order without_total=true/></div>
                </Ticket>
            </div>
        </section>
    }
}

/// The show of an order with its art, as the heading of what is ordered.
#[component]
pub fn OrderShow(order: OrderView) -> impl IntoView {
    let show = order.show;
    view! {
        <div class="flex gap-4">
            <Thumb id=show.id.to_string()/>
            <div class="min-w-0">
                <h2 class="text-xl wrap-anywhere" id="order">
                    <a class="no-underline hover:underline" href=format!("/shows/{}", show.id)>{show.title}</a>
                </h2>
                <p class="mt-1 text-sm text-ink-2">
                    <When at=show.starts_at zone=show.venue.timezone.clone()/> <br/> {place(&show.venue)}
                </p>
            </div>
        </div>
    }
}

/// Each item and the fee within the total.
#[component]
pub fn Lines(order: OrderView, #[prop(optional)] without_total: bool) -> impl IntoView {
    let fee = order.fee;
    let rows = order
        .items
        .into_iter()
        .map(|item| {
            let net = item.unit_price.minus(item.unit_fee).unwrap_or(item.unit_price);
            let sum = net.times(item.quantity).unwrap_or(net);
            let seats = (!item.seats.is_empty()).then(|| format!(", seats {}", item.seats.join(", ")));
            let words = format!("{} × {} at {net}", item.quantity, item.name);
            line(view! { {words} {seats} }.into_any(), sum)
        })
        .collect_view();
    let total = (!without_total).then(|| {
        view! {
            <tr>
                <th scope="row">"Total, fees included"</th>
                <td class="r"><b>{order.total.to_string()}</b></td>
            </tr>
        }
    });
    view! {
        <table class="data">
            <caption class="sr-only">"What the price is made of"</caption>
            <thead class="sr-only"><tr><th scope="col">"Item"</th><th scope="col">"Amount"</th></tr></thead>
            <tbody>
                {rows} {line("Booking fee".into_any(), fee)}
                {total}
            </tbody>
        </table>
    }
}

fn line(words: AnyView, amount: Money) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="!font-normal wrap-anywhere">{words}</th>
            <td class="r whitespace-nowrap">{amount.to_string()}</td>
        </tr>
    }
}
