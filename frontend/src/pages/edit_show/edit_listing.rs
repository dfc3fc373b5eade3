//! Changing a listing.

use super::{
    add_listing::{number, price, refusal},
    back,
    details::CONFLICT,
    listings::net,
    window::{self, WindowFields},
};
use crate::{
    api,
    components::{Button, LinkButton},
    forms::{Field, FieldKind, Form, FormErrors, FormId, FormState, Hidden, Outcome, Submission},
};
use contracts::{
    Currency, ProblemCode,
    ids::{ListingId, ShowId},
    listings::{ListingView, UpdateListing},
};
use leptos::prelude::*;

pub(super) const EDIT: FormId = "edit-tickets";

/// The form of one listing.
#[component]
pub fn EditListing(
    /// The listing.
    listing: ListingView,
    /// Where the show takes place.
    zone: String,
) -> impl IntoView {
    let net = net(&listing);
    let window = (listing.sale_starts_at, listing.sale_ends_at);
    let label = format!("Price, {}", net.currency.symbol().trim());
    let back = format!("/sell/shows/{}#tickets", listing.show_id);
    let quantity = if listing.seats.is_empty() {
        view! {
            <Field
                name="quantity"
                label="How many"
                kind=FieldKind::Number
                value=listing.quantity.to_string()
                hint="Fewer takes free tickets away, never sold or held ones."
            />
        }
        .into_any()
    } else {
        let seats = format!("{} named seats. To offer others, add more tickets.", listing.seats.len());
        view! { <p class="self-center text-sm text-ink-2">{seats}</p> }.into_any()
    };
    view! {
        <section class="mt-6 border-[1.5px] border-ink p-5" aria-labelledby="edit-listing">
            <h3 class="text-xl" id="edit-listing">{format!("Change “{}”", listing.name)}</h3>
            <Saved listing=listing.clone()/>
            <div class="mt-4">
                <Form id=EDIT>
                    <Hidden name="listing" value=listing.id.to_string()/>
                    <Hidden name="version" value=listing.version.to_string()/>
                    <Hidden name="currency" value=net.currency.code()/>
                    <div class="grid gap-5 sm:grid-cols-4">
                        <Field name="name" label="Called" value=listing.name.clone()/>
                        <Field name="price" label kind=FieldKind::Money value=net.decimal() hint="Orders already placed keep theirs."/>
                        {quantity}
                        <Field name="max_per_order" label="Most per order" kind=FieldKind::Number value=listing.max_per_order.to_string()/>
                        <WindowFields zone saved=window/>
                    </div>
                    <div class="flex flex-wrap gap-3">
                        <Button>"Save tickets"</Button>
                        <LinkButton href=back>"Leave them as they are"</LinkButton>
                    </div>
                </Form>
            </div>
        </section>
    }
}

/// After somebody else's change: what is saved now.
#[component]
fn Saved(listing: ListingView) -> impl IntoView {
    let conflict = FormState::of(EDIT).errors().of_form() == Some(CONFLICT);
    conflict.then(|| {
        let net = net(&listing);
        let (name, quantity, most) = (listing.name, listing.quantity, listing.max_per_order);
        view! { <p class="mt-3">{format!("Saved now: “{name}”, {net}, {quantity} tickets, at most {most} per order.")}</p> }
    })
}

pub(super) async fn edit(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let Some(listing) = form.parse::<ListingId>("listing") else {
        return Err(FormErrors::form("Choose the tickets again.").into());
    };
    let version = form.parse("version").unwrap_or_default();
    let request = read(&form)?;
    match api::shows::update_listing(form.api(), listing, &request, version).await {
        Ok(_) => Ok(back(id, "listing", "tickets")),
        Err(error) if error.conflict() == Some(ProblemCode::VersionConflict) => {
            Err(FormErrors::form(CONFLICT).into())
        }
        Err(error) => Err(refusal(error)),
    }
}

fn read(form: &Submission) -> Result<UpdateListing, FormErrors> {
    let currency = form.parse::<Currency>("currency").unwrap_or(Currency::GBP);
    let (price, errors) = price(form, currency, FormErrors::default());
    let (max_per_order, errors) = number(form, "max_per_order", "Enter a number from 1 to 50", errors);
    let seated = !form.is_checked("quantity");
    let (quantity, errors) = if seated {
        (None, errors)
    } else {
        let (quantity, errors) = number(form, "quantity", "Enter how many tickets", errors);
        (Some(quantity), errors)
    };
    let (from, until, errors) = window::entered(form, errors);
    let (sale_starts_at, sale_ends_at) = window::changed(form, from, until);
    let request = UpdateListing {
        name: Some(form.text("name")),
        price: Some(price),
        quantity,
        max_per_order: Some(max_per_order),
        sale_starts_at,
        sale_ends_at,
        ..UpdateListing::default()
    };
    errors.join(FormErrors::check(&request).err().unwrap_or_default()).or(request)
}
