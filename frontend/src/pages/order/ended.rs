//! Orders that ended without tickets.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::{
    path,
    summary::{Lines, OrderShow, tickets_in_words},
};
use crate::{
    api,
    components::{Button, ButtonKind, LinkButton, Stamp, Stub, Ticket, TicketKind, Title},
    error::AppError,
    forms::{Done, FormErrors, FormFailure, FormId, Outcome, RowForm, Submission},
    islands::LiveAvailability,
    text,
};
use contracts::{
    ProblemCode,
    ids::OrderId,
    orders::{CancelReason, OrderItemView, OrderStatus, OrderView, PlaceOrder, PlaceOrderItem},
    shows::{Availability, ShowStatus},
};
use leptos::prelude::*;

/// Also sent by the bar that counts a hold down, when it has ended.
pub(super) const HOLD_AGAIN: FormId = crate::islands::hold::HOLD_AGAIN;

/// The hold ran out: the same tickets in one press, or others.
#[component]
pub fn Expired(order: OrderView, stock: Option<Availability>) -> impl IntoView {
    let heading = "Time ran out, and the tickets went back on sale";
    let stock = stock.map(|stock| view! { <Left order=order.clone() stock/> });
    let at = text::time_there(order.expires_at, &order.show.venue.timezone);
    view! {
        <Title text="Time ran out"/>
        <div class="grid gap-x-14 gap-y-8 pt-8 pb-16 md:pt-12 lg:grid-cols-12">
            <div class="min-w-0 lg:col-span-7">
                <h1 class="text-3xl md:text-5xl">{heading}</h1>
                <p class="mt-5 max-w-[52ch] text-lg" role="status">"Nothing was charged."</p>
                <Again order=order.clone()/>
                {stock}
            </div>
            <div class="min-w-0 lg:col-span-5"><VoidOrder order stamp="Expired" note=format!("at {at}")/></div>
        </div>
    }
}

/// What is left of what was held.
#[component]
fn Left(order: OrderView, stock: Availability) -> impl IntoView {
    let src = api::shows::availability_stream(order.show.id);
    let bars = order
        .items
        .into_iter()
        .filter_map(|item| {
            let found = stock.listings.iter().find(|listing| listing.listing_id == item.listing_id)?;
            let (id, stock) = (item.listing_id.to_string(), found.stock);
            Some(view! {
                <div>
                    <h2 class="text-lg font-bold">{item.name}</h2>
                    <LiveAvailability src=src.clone() listing=id stock/>
                </div>
            })
        })
        .collect_view();
    view! { <div class="mt-9 grid max-w-md gap-4">{bars}</div> }
}

#[component]
fn Again(order: OrderView) -> impl IntoView {
    let what = tickets_in_words(&order);
    let show = format!("/shows/{}", order.show.id);
    let again = (order.show.status == ShowStatus::Published).then(|| {
        view! {
            <RowForm id=HOLD_AGAIN>
                <Button kind=ButtonKind::Hold>{format!("Hold {what} again")}</Button>
            </RowForm>
        }
    });
    view! {
        <div class="mt-6 empty:hidden"><FormFailure id=HOLD_AGAIN/></div>
        <div class="mt-7 flex flex-wrap items-center gap-4">
            {again} <a class="inline-block py-1" href=show>"Choose different tickets"</a>
        </div>
    }
}

/// Cancelled for another reason, or refunded.
#[component]
pub fn Ended(order: OrderView) -> impl IntoView {
    let failed = order.cancel_reason == Some(CancelReason::PaymentFailed);
    let (heading, words, stamp) = words(&order);
    let way_on = if failed {
        view! { <Again order=order.clone()/> }.into_any()
    } else {
        view! {
            <p class="mt-7 flex flex-wrap gap-3">
                <LinkButton href=format!("/shows/{}", order.show.id) kind=ButtonKind::Ink>"See the show"</LinkButton>
                <LinkButton href="/">"What’s on"</LinkButton>
            </p>
        }
        .into_any()
    };
    let note = order.total.to_string();
    view! {
        <Title text=heading/>
        <div class="grid gap-x-14 gap-y-8 pt-8 pb-16 md:pt-12 lg:grid-cols-12">
            <div class="min-w-0 lg:col-span-7">
                <h1 class="text-3xl md:text-5xl">{heading}</h1>
                <p class="mt-5 max-w-[52ch] text-lg" role="status">{words}</p>
                {way_on}
            </div>
            <div class="min-w-0 lg:col-span-5"><VoidOrder order stamp note/></div>
        </div>
    }
}

/// Heading, what it means, and the word that is stamped on it.
fn words(order: &OrderView) -> (&'static str, String, &'static str) {
    if order.status == OrderStatus::Refunded {
        let words = format!(
            "All {} goes back to your card, fees included. What you bought no longer opens the door.",
            order.total
        );
        return ("Your money is on its way back", words, "Refunded");
    }
    let (heading, words, stamp) = match order.cancel_reason {
        Some(CancelReason::ShowCancelled) => {
            ("The show was cancelled", "You had not paid yet, so nothing was charged.", "Cancelled")
        }
        Some(CancelReason::Banned) => (
            "This order was ended",
            "Your account was suspended while the tickets were held. Nothing was charged.",
            "Ended",
        ),
        Some(CancelReason::PaymentFailed) => (
            "Your bank did not pay",
            "It reserved the money and then refused it. Nothing was charged, and what you held is back on sale.",
            "Not paid",
        ),
        Some(CancelReason::Expired) => {
            ("Time ran out, and the tickets went back on sale", "Nothing was charged.", "Expired")
        }
        Some(CancelReason::Buyer) | None => {
            ("You let these tickets go", "They are back on sale. Nothing was charged.", "Let go")
        }
    };
    (heading, words.to_owned(), stamp)
}

#[component]
fn VoidOrder(order: OrderView, stamp: &'static str, note: String) -> impl IntoView {
    view! {
        <Ticket kind=TicketKind::Void>
            <Stub slot>
                <Stamp>{stamp}</Stamp>
                <p class="mt-2 text-sm text-ink-2">{note}</p>
            </Stub>
            <OrderShow order=order.clone()/>
            <div class="mt-4"><Lines order/></div>
        </Ticket>
    }
}

/// The same tickets once more; for seats these very ones.
pub(super) async fn hold_again(form: Submission) -> Outcome {
    let id = form.param::<OrderId>("id")?;
    let before = api::orders::find(form.api(), id).await?;
    // The browser's clock is a moment ahead: it counts from when it asked for the page.
    if api::orders::is_held(&before) {
        return Ok(Done::to(path(id)));
    }
    let items = before.items.iter().map(same).collect();
    let request = PlaceOrder { items, existing_hold: None };
    match api::orders::place(form.api(), &request, &form.idempotency_key()).await {
        Ok(order) => Ok(Done::to(path(order.id))),
        Err(AppError::Conflict(problem)) => {
            let words = match problem.code {
                ProblemCode::SoldOut => {
                    "Somebody was faster: not enough are free any more. Choose different tickets."
                }
                ProblemCode::HoldExists => {
                    "You hold other tickets for this show. Pay for those, or let them go first."
                }
                ProblemCode::NotOnSale => "These tickets are no longer on sale.",
                _ => return Err(AppError::Conflict(problem).into()),
            };
            Err(FormErrors::form(words).into())
        }
        // Its fields are those of the show's page.
        Err(AppError::Invalid(_)) => {
            Err(FormErrors::form("These very tickets cannot be held any more. Choose different ones.").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn same(item: &OrderItemView) -> PlaceOrderItem {
    let seats = (!item.seats.is_empty()).then(|| item.seats.clone());
    let quantity = seats.is_none().then_some(item.quantity);
    PlaceOrderItem { listing_id: item.listing_id, quantity, seats }
}
