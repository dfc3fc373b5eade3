//! Paying while the tickets are held.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::{
    CANCEL, path,
    summary::{Totals, held_until, tickets, tickets_in_words},
};
use crate::{
    api,
    components::{Button, ButtonKind, Hold, Icon, Notice, Title, Tone},
    forms::{
        Choice, Done, Form, FormErrors, FormFailure, FormId, FormState, Outcome, Refusal, RowForm, Submission,
    },
    islands::LiveRegion,
};
use contracts::{ProblemCode, ids::OrderId, orders::OrderView, payments::Pay};
use leptos::prelude::*;

pub(super) const PAY: FormId = "pay";

/// The cards of the sandbox: what a bank may answer. No money moves.
const CARDS: [(&str, &str); 5] = [
    ("pm_card_visa", "Good card"),
    ("pm_card_chargeDeclined", "Declined card"),
    ("pm_card_authenticationRequired", "Card with a challenge"),
    ("pm_sandbox_timeout", "Slow card (timeout)"),
    ("pm_sandbox_late_webhook", "Late confirmation"),
];

/// The hold, the total and how to pay it.
#[component]
pub fn Checkout(order: OrderView, declined: bool) -> impl IntoView {
    // A form that was refused says why by itself.
    let declined = declined && !FormState::any_refused();
    view! {
        <Title text="Pay for your tickets"/>
        <Hold order=order.clone()/>
        <div class="grid gap-x-14 gap-y-8 pt-6 pb-16 md:pt-10 lg:grid-cols-12">
            <div class="lg:col-span-7">
                <h1 class="text-3xl md:text-4xl">"Pay for your tickets"</h1>
                <div class="mt-5 grid gap-4 empty:hidden">
                    {declined.then(|| view! { <Declined order=order.clone()/> })} <FormFailure id=CANCEL/>
                </div>
                <PayForm order=order.clone()/>
                <Watch order=order.clone()/>
                <LetGo order=order.clone()/>
            </div>
            <div class="lg:col-span-5"><Totals order/></div>
        </div>
    }
}

#[component]
fn Declined(order: OrderView) -> impl IntoView {
    view! {
        <Notice tone=Tone::Danger title="Your bank declined the card">
            <p class="text-sm">{format!("Nothing was charged. {}", still_held(&order))}</p>
        </Notice>
    }
}

/// `Your 2 tickets are still held until 19:42 London time.`
fn still_held(order: &OrderView) -> String {
    let verb = if tickets(order) == 1 { "is" } else { "are" };
    format!("Your {} {verb} still held until {}.", tickets_in_words(order), held_until(order))
}

#[component]
fn PayForm(order: OrderView) -> impl IntoView {
    let total = order.total.to_string();
    view! {
        <div class="mt-7">
            <Form id=PAY class="grid gap-6">
                <Cards/>
                <div class="border-t-2 border-ink pt-5 text-xl">
                    <Button kind=ButtonKind::Spot wide=true icon=Icon::Lock>{format!("Pay {total}")}</Button>
                </div>
            </Form>
        </div>
    }
}

#[component]
fn Cards() -> impl IntoView {
    let state = FormState::of(PAY);
    let group = state.control("method");
    let error = state.errors().on("method").map(str::to_owned);
    let described =
        if error.is_some() { format!("{group}-error {group}-hint") } else { format!("{group}-hint") };
    let cards = CARDS
        .into_iter()
        .enumerate()
        .map(|(place, (token, words))| {
            view! { <Choice name="method" value=token radio=true checked=place == 0>{words}</Choice> }
        })
        .collect_view();
    view! {
        <fieldset id=group.clone() tabindex="-1" aria-describedby=described>
            <legend class="display text-xl">"Card"</legend>
            <p class="hint mt-1" id=format!("{group}-hint")>
                "This shop runs on test cards, and no money moves. Each shows what a bank may answer."
            </p>
            {error.map(|error| view! { <p class="error mt-1" id=format!("{group}-error")>{error}</p> })}
            <div class="mt-3 grid gap-3">{cards}</div>
        </fieldset>
    }
}

/// When the order goes on elsewhere, or its hold ends, that is said; the page stays, for its reader may be in the middle
/// of paying.
#[component]
fn Watch(order: OrderView) -> impl IntoView {
    view! {
        <LiveRegion id="awaiting".to_owned() src=format!("/api/orders/{}", order.id) version=order.version moved="Something has happened to this order.".to_owned()>
            <p class="mt-4 text-sm text-ink-2">
                "Money is taken only while the tickets are held for you. If your bank answers too late, it gives the money back by itself."
            </p>
        </LiveRegion>
    }
}

/// Asks before it lets go, without JavaScript too.
#[component]
fn LetGo(order: OrderView) -> impl IntoView {
    let what = tickets_in_words(&order);
    view! {
        <details class="mt-6 border-t border-hair pt-3">
            <summary class="inline-flex min-h-6 cursor-pointer items-center underline underline-offset-4">
                "Let these tickets go"
            </summary>
            <p class="mt-3 max-w-[52ch] text-sm">
                "They go back on sale at once, and somebody else may take them. Nothing was charged."
            </p>
            <RowForm id=CANCEL class="mt-3">
                <Button kind=ButtonKind::DangerLine>{format!("Let {what} go")}</Button>
            </RowForm>
        </details>
    }
}

/// Sends the chosen card's token. The key of the form makes a double click one payment.
pub(super) async fn pay(form: Submission) -> Outcome {
    let id = form.param::<OrderId>("id")?;
    let request = Pay { order_id: id, method: form.text("method") };
    FormErrors::check(&request)?;
    let Err(error) = api::payments::pay(form.api(), &request, &form.idempotency_key()).await else {
        return Ok(Done::to(path(id)));
    };
    match error.conflict() {
        Some(ProblemCode::CardDeclined) => Err(declined(&form, id).await),
        // The page shows how the order stands now.
        Some(
            ProblemCode::HoldExpired
            | ProblemCode::PaymentInProgress
            | ProblemCode::StateConflict
            | ProblemCode::Confirming,
        ) => Ok(Done::to(path(id))),
        _ => Err(error.into()),
    }
}

async fn declined(form: &Submission, id: OrderId) -> Refusal {
    let held = match api::orders::find(form.api(), id).await {
        Ok(order) if api::orders::is_held(&order) => still_held(&order),
        Ok(_) => "The tickets are no longer held for you.".to_owned(),
        Err(_) => "Look at the clock above before you try again.".to_owned(),
    };
    FormErrors::form(format!("Your bank declined the card. Nothing was charged. {held}"))
        .and("method", "Choose another card, or try this one again")
        .into()
}
