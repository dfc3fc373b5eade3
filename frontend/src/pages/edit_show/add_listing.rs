//! Adding tickets to a show.

use super::{
    back, seats,
    window::{self, WindowFields},
};
use crate::{
    api,
    components::Button,
    error::AppError,
    forms::{
        Field, FieldKind, Form, FormErrors, FormId, Hidden, Outcome, Refusal, SelectField, Submission,
        TextArea,
    },
};
use contracts::{
    Currency, Money,
    ids::ShowId,
    listings::{CreateListing, ListingKind},
    shows::ShowView,
};
use leptos::prelude::*;

pub(super) const ADD: FormId = "add-tickets";

/// The form. Every listing of a show is sold in one currency: the first one chooses it.
#[component]
pub fn AddListing(
    /// The show.
    show: ShowView,
) -> impl IntoView {
    let primary = |listing: &&contracts::listings::ListingView| listing.kind == ListingKind::Primary;
    let currency = show.listings.iter().find(primary).map(|listing| listing.price.currency);
    let choice = if let Some(currency) = currency {
        view! { <Hidden name="currency" value=currency.code()/> }.into_any()
    } else {
        let options = Currency::all().map(|currency| (currency.to_string(), currency.to_string())).collect();
        view! { <SelectField name="currency" label="Currency" options value="GBP"/> }.into_any()
    };
    let price = currency
        .map_or_else(|| "Price".to_owned(), |currency| format!("Price, {}", currency.symbol().trim()));
    view! {
        <Form id=ADD>
            <div class="grid gap-5 sm:grid-cols-6">
            <div class="sm:col-span-3">
                <Field name="name" label="Called" hint="Such as Stalls or Early bird."/>
            </div>
            <div class="grid grid-cols-2 gap-5 sm:col-span-3">
                <Field name="price" label=price kind=FieldKind::Money hint="What you get; buyers see our fee added."/>
                {choice}
            </div>
            <div class="sm:col-span-2">
                <Field name="quantity" label="How many" kind=FieldKind::Number hint="Or name the seats."/>
            </div>
            <div class="sm:col-span-2">
                <Field name="max_per_order" label="Most per order" kind=FieldKind::Number value="8"/>
            </div>
            <div class="sm:col-span-6">
                <TextArea
                    name="seats"
                    label="Seats, where they have names"
                    hint="One per line or with commas between; A1-A12 names twelve. Leave it empty where people stand or sit as they like."
                />
            </div>
            <WindowFields zone=show.venue.timezone/>
            </div>
            <div><Button>"Add tickets"</Button></div>
        </Form>
    }
}

pub(super) async fn add(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let request = read(&form)?;
    api::shows::add_listing(form.api(), id, &request, &form.idempotency_key()).await.map_err(refusal)?;
    Ok(back(id, "listed", "tickets"))
}

fn read(form: &Submission) -> Result<CreateListing, FormErrors> {
    let currency = form.parse::<Currency>("currency").unwrap_or(Currency::GBP);
    let (price, errors) = price(form, currency, FormErrors::default());
    let (max_per_order, errors) = number(form, "max_per_order", "Enter a number from 1 to 50", errors);
    let (seats, errors) = match seats::read(form.raw("seats")) {
        Ok(seats) => (Some(seats).filter(|seats| !seats.is_empty()), errors),
        Err(message) => (None, errors.and("seats", message)),
    };
    let how_many = "Enter how many tickets, or name the seats";
    let (quantity, errors) = match seats {
        Some(_) => (None, errors),
        None if !form.text("seats").is_empty() => (Some(1), errors),
        None => {
            let (quantity, errors) = number(form, "quantity", how_many, errors);
            (Some(quantity), errors)
        }
    };
    let (sale_starts_at, sale_ends_at, errors) = window::entered(form, errors);
    let request = CreateListing {
        name: form.text("name"),
        price,
        quantity,
        seats,
        max_per_order,
        sale_starts_at,
        sale_ends_at,
    };
    errors.join(FormErrors::check(&request).err().unwrap_or_default()).or(request)
}

/// The amount, or an error that shows how one is written in that currency.
pub(super) fn price(form: &Submission, currency: Currency, errors: FormErrors) -> (Money, FormErrors) {
    if let Ok(price) = Money::parse(&form.text("price"), currency) {
        return (price, errors);
    }
    let example = Money::new(18 * 10_i64.pow(currency.exponent()), currency).decimal();
    (Money::zero(currency), errors.and("price", format!("Enter an amount, such as {example}")))
}

/// A number; 1 stands in for what is none, so that the rest can still be checked.
pub(super) fn number(
    form: &Submission,
    name: &'static str,
    message: &str,
    errors: FormErrors,
) -> (u32, FormErrors) {
    match form.parse(name) {
        Some(number) => (number, errors),
        None => (1, errors.and(name, message)),
    }
}

/// What the service refuses, at the fields of the form.
pub(super) fn refusal(error: AppError) -> Refusal {
    match error {
        AppError::Invalid(errors) => {
            let names = [("price.amount", "price"), ("price.currency", "currency")];
            FormErrors::from(errors).renamed(&names).into()
        }
        error => error.into(),
    }
}
