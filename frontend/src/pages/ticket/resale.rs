//! Offering a ticket to others, and taking it back.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use crate::{
    api,
    components::{Button, ButtonKind, Notice, RefreshWithoutScript, Tone},
    error::AppError,
    forms::{Done, Field, FieldKind, Form, FormErrors, FormFailure, FormId, Outcome, RowForm, Submission},
    islands::Again,
    visit::now,
};
use contracts::{
    Currency, Money, ProblemCode,
    ids::TicketId,
    shows::ShowStatus,
    tickets::{ListForResale, TicketState, TicketView},
};
use leptos::prelude::*;

pub(super) const RESELL: FormId = "resell";
pub(super) const WITHDRAW: FormId = "withdraw";

/// What can be done about the resale of a ticket, if anything.
#[component]
pub fn Resale(ticket: TicketView, withdrawn: bool) -> impl IntoView {
    let open = ticket.show.status == ShowStatus::Published && ticket.show.starts_at > now();
    let body = match ticket.state {
        TicketState::Valid if open => view! { <Offer ticket/> }.into_any(),
        TicketState::Listed if withdrawn => view! { <Withdrawing/> }.into_any(),
        TicketState::Listed => view! { <Offered/> }.into_any(),
        _ => return ().into_any(),
    };
    view! {
        <section class="mt-8" aria-labelledby="resale">
            <h2 class="rule pt-3 text-xl" id="resale">"If you cannot go"</h2>
            {body}
        </section>
    }
    .into_any()
}

#[component]
fn Offer(ticket: TicketView) -> impl IntoView {
    let cap = ticket.resale_cap;
    let hint = format!(
        "What the buyer pays, fee included. At most {cap}: you paid {}, and the organiser sets the cap.",
        ticket.face_value
    );
    view! {
        <p class="mt-2 text-sm">
            "Sell it to another fan. Your ticket becomes void the moment it is bought, and the buyer gets a new code. You are paid after the show."
        </p>
        <div class="mt-4">
            <Form id=RESELL>
                <Field
                    name="price"
                    label=format!("Price, {}", cap.currency)
                    kind=FieldKind::Money
                    value=ticket.face_value.decimal()
                    hint
                />
                <Button>"Put it on sale"</Button>
            </Form>
        </div>
    }
}

#[component]
fn Offered() -> impl IntoView {
    view! {
        <FormFailure id=WITHDRAW/>
        <p class="mt-2 text-sm">"It is on sale on the show’s page. You can take it back until somebody holds it."</p>
        <RowForm id=WITHDRAW class="mt-4">
            <Button kind=ButtonKind::DangerLine>"Take it off sale"</Button>
        </RowForm>
    }
}

/// Orders has the last word: somebody may hold it right now.
#[component]
fn Withdrawing() -> impl IntoView {
    view! {
        <RefreshWithoutScript seconds=2/>
        <Again seconds=2/>
        <div class="mt-3">
            <Notice tone=Tone::Info title="It is being taken off sale">
                <p class="text-sm">
                    "It is valid again as soon as nobody can buy it any more. If somebody is paying for it right now, that comes first."
                </p>
            </Notice>
        </div>
    }
}

pub(super) async fn resell(form: Submission) -> Outcome {
    let id = form.param::<TicketId>("id")?;
    // The ticket knows its currency.
    let currency = api::tickets::find(form.api(), id).await?.face_value.currency;
    let price = Money::parse(&form.text("price"), currency)
        .map_err(|_| FormErrors::field("price", amount_in_words(currency)))?;
    let request = ListForResale { price };
    FormErrors::check(&request).map_err(on_price)?;
    match api::tickets::list_for_resale(form.api(), id, &request, &form.idempotency_key()).await {
        Ok(()) => Ok(Done::to(format!("/tickets/{id}"))),
        Err(AppError::Invalid(errors)) => Err(on_price(errors.into()).into()),
        Err(error) => Err(error.into()),
    }
}

/// Not every currency has decimals.
fn amount_in_words(currency: Currency) -> String {
    let example = Money::new(18 * 10_i64.pow(currency.exponent()), currency).decimal();
    format!("Enter an amount, such as {example}")
}

fn on_price(errors: FormErrors) -> FormErrors {
    errors.renamed(&[("price.amount", "price"), ("price.currency", "price")])
}

pub(super) async fn withdraw(form: Submission) -> Outcome {
    let id = form.param::<TicketId>("id")?;
    match api::tickets::withdraw_from_resale(form.api(), id).await {
        Ok(()) => Ok(Done::to(format!("/tickets/{id}?withdrawn=yes"))),
        // It was sold or taken back in the meantime: the page says which.
        Err(error) if error.conflict() == Some(ProblemCode::StateConflict) => {
            Ok(Done::to(format!("/tickets/{id}")))
        }
        Err(error) => Err(error.into()),
    }
}
