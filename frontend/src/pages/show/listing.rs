//! One offer of tickets, with the form that holds some.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::{
    hold::{EXISTING, HOLD, stands_against_another},
    intent::{Intent, quantity_field},
    seats::SeatChoice,
};
use crate::{
    api,
    components::{ButtonKind, LinkButton, When},
    forms::{FormErrors, FormState, Hidden, RowForm, StepperField},
    islands::{HoldButton, LiveAvailability},
    text,
    visit::now,
};
use contracts::{
    Money,
    ids::{ListingId, OrderId, ShowId, UserId},
    listings::{ListingKind, ListingView},
    orders::ExistingHold,
};
use leptos::{context::Provider, prelude::*};

/// What every row of the page knows.
#[derive(Clone)]
pub(super) struct Choice {
    pub(super) show: ShowId,
    pub(super) zone: String,
    /// What was chosen before signing in.
    pub(super) intent: Option<Intent>,
    pub(super) viewer: Option<UserId>,
    /// The visitor's hold of this show.
    pub(super) held: Option<OrderId>,
    pub(super) draft: bool,
}

const GRID: &str = "grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-5 gap-y-3 xl:grid-cols-[minmax(0,1fr)_7rem_8.5rem_11rem] xl:gap-y-2";

/// Name, price, availability, and how to hold some.
#[component]
pub fn Row(listing: ListingView, choice: Choice, first: bool) -> impl IntoView {
    let id = listing.id;
    // Only the row that was sent shows what was entered and what is wrong with it.
    let state = Some(FormState::of(HOLD)).filter(|state| state.has("listing", &id.to_string()));
    let refused = state.is_some();
    let state = state.unwrap_or_else(|| FormState::new(HOLD, Vec::new(), FormErrors::default()));
    let closed = closed(&listing, &choice);
    let facts = view! { <Facts listing=listing.clone() show=choice.show/> };
    let body = if let Some(why) = closed {
        view! {
            <div class=GRID>
                {facts}
                <div class="max-xl:col-span-2 xl:col-span-2 xl:col-start-3 xl:row-span-2 xl:row-start-1">{why}</div>
            </div>
        }
        .into_any()
    } else {
        let seated = !listing.seats.is_empty();
        let against = (refused && stands_against_another()).then(|| view! { <Against held=choice.held/> });
        let count = count(&listing, &choice, &state, first);
        let choose = if seated {
            view! { <SeatChoice listing=listing.clone() intent=choice.intent.clone() state=state.clone()/> }
                .into_any()
        } else {
            view! { <HowMany listing=listing.clone() count/> }.into_any()
        };
        let button = if first { "btn btn-hold xl:col-start-4 xl:row-span-2 xl:row-start-1" } else { PLAIN };
        let count = if seated { chosen_seats(&choice, &state, id) } else { count };
        view! {
            <Provider value=state>
                <RowForm id=HOLD class=GRID>
                    <Hidden name="listing" value=id.to_string()/>
                    {facts} {choose} <HoldButton count class=button.to_owned()/> {against}
                </RowForm>
            </Provider>
        }
        .into_any()
    };
    view! { <li class="border-b border-hair py-5">{body}</li> }
}

const PLAIN: &str = "btn xl:col-start-4 xl:row-span-2 xl:row-start-1";

#[component]
fn Facts(listing: ListingView, show: ShowId) -> impl IntoView {
    let from = (listing.kind == ListingKind::Resale).then(|| {
        let seat = listing.seats.first().map(|seat| format!("Seat {seat}, ")).unwrap_or_default();
        view! { <p class="text-sm text-ink-2 wrap-anywhere">{format!("{seat}1 ticket, from {}", listing.seller.name)}</p> }
    });
    view! {
        <div class="min-w-0">
            <h4 class="text-lg leading-tight font-bold wrap-anywhere">{listing.name.clone()}</h4>
            {from}
        </div>
        <p class="self-start text-right xl:row-span-2 xl:pt-0.5">
            <b class="num text-xl leading-none">{price(listing.price)}</b>
            <span class="block text-xs leading-snug text-ink-2">{fee(&listing)}</span>
        </p>
        <div class="max-xl:col-span-2 xl:col-start-1 xl:row-start-2 xl:max-w-72">
            <LiveAvailability src=api::shows::availability_stream(show) listing=listing.id.to_string() stock=listing.stock/>
        </div>
    }
}

fn price(price: Money) -> String {
    if price.amount == 0 { "Free".to_owned() } else { price.to_string() }
}

fn fee(listing: &ListingView) -> String {
    match listing.fee.amount {
        0 => "no fee".to_owned(),
        _ => format!("incl. {} fee", listing.fee),
    }
}

/// Why nothing of it can be held now, if so.
fn closed(listing: &ListingView, choice: &Choice) -> Option<AnyView> {
    let (now, zone) = (now(), choice.zone.clone());
    let words = |words: &'static str| Some(view! { <p class="text-sm font-semibold">{words}</p> }.into_any());
    if choice.draft {
        return words("On sale once the show is published");
    }
    if choice.viewer == Some(listing.seller.id) {
        return words("You sell these, so you cannot hold them");
    }
    if let Some(at) = listing.sale_starts_at.filter(|at| *at > now) {
        return Some(
            view! { <p class="text-sm font-semibold">"On sale from " <When at zone/></p> }.into_any(),
        );
    }
    if listing.sale_ends_at.is_some_and(|at| at <= now) {
        return words("Sale has ended");
    }
    if listing.stock.free > 0 {
        return None;
    }
    let held = listing.stock.held;
    if held == 0 {
        return words("Sold out");
    }
    let hope = format!("{} held by somebody paying now and may come back.", text::count(held, "is", "are"));
    Some(
        view! {
            <p class="text-sm font-semibold">"None free right now"</p>
            <p class="text-sm text-ink-2">
                {hope} " "
                <a class="inline-block py-0.5" href=format!("/shows/{}", choice.show)>"Look again"</a>
            </p>
        }
        .into_any(),
    )
}

#[component]
fn HowMany(listing: ListingView, count: u32) -> impl IntoView {
    view! {
        <div class="xl:col-start-3 xl:row-span-2 xl:row-start-1">
            <StepperField
                name=quantity_field(listing.id)
                label=format!("How many: {}", listing.name)
                value=count
                max=listing.max_per_order
                quiet=true
            />
        </div>
    }
}

/// What the number begins with: what was entered, what was chosen before, or what most people want.
fn count(listing: &ListingView, choice: &Choice, state: &FormState, first: bool) -> u32 {
    let entered = state.value(&quantity_field(listing.id)).and_then(|number| number.parse().ok());
    let chosen = choice.intent.as_ref().filter(|intent| intent.is_of(listing.id)).map(Intent::count);
    let most = listing.max_per_order.min(listing.stock.free).max(1);
    entered.or(chosen).unwrap_or(if first { 2.min(most) } else { 1 })
}

fn chosen_seats(choice: &Choice, state: &FormState, listing: ListingId) -> u32 {
    let chosen = choice.intent.as_ref().filter(|intent| intent.is_of(listing)).map_or(0, Intent::count);
    if state.was_sent() { 0 } else { chosen }
}

/// The visitor holds others of this show: to go there, or to let them go.
#[component]
fn Against(held: Option<OrderId>) -> impl IntoView {
    let checkout = held.map_or_else(|| "/orders".to_owned(), |order| format!("/orders/{order}"));
    let id = FormState::of(HOLD).control(EXISTING);
    view! {
        <div class="col-span-full flex flex-wrap items-center gap-3 border-l-[6px] border-warn bg-warn-bg p-4" id=id tabindex="-1">
            <p class="w-full text-sm">
                "One hold per show and person: add these to it, let the others go, or pay for them first. The time left stays the same."
            </p>
            <LinkButton href=checkout kind=ButtonKind::Small>"Go to checkout"</LinkButton>
            <button class="btn btn-sm" type="submit" name=EXISTING value=ExistingHold::Extend.as_str()>
                "Add these to them"
            </button>
            <button class="btn btn-sm" type="submit" name=EXISTING value=ExistingHold::Replace.as_str()>
                "Let those go and hold these"
            </button>
        </div>
    }
}
