//! What a show offers: its listings with their figures, and what may be done with each.

use super::{add_listing::AddListing, back, edit_listing::EditListing};
use crate::{
    api,
    app::query,
    components::{
        AvailKey, AvailabilityBar, Button, ButtonKind, Data, Empty, LinkButton, Price, Tag, TagKind,
    },
    forms::{FormErrors, FormFailure, FormId, Forms, Hidden, Outcome, RowForm, Submission},
    islands::LiveAvailability,
};
use contracts::{
    Money,
    ids::{ListingId, ShowId},
    listings::{ListingKind, ListingStatus, ListingView, UpdateListing},
    shows::{ShowStatus, ShowView},
};
use leptos::prelude::*;

const VISIBILITY: FormId = "visibility";
const DELETE: FormId = "delete-tickets";

/// Adds the forms of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(VISIBILITY, change_visibility).on(DELETE, delete)
}

/// What the seller gets for one ticket.
pub(super) fn net(listing: &ListingView) -> Money {
    listing.price.minus(listing.fee).unwrap_or(listing.price)
}

/// The listings, and the forms to add and change them.
#[component]
pub fn Listings(
    /// The show.
    show: ShowView,
) -> impl IntoView {
    let own: Vec<_> =
        show.listings.iter().filter(|listing| listing.kind == ListingKind::Primary).cloned().collect();
    let chosen = |name: &str| {
        let id = query(name)?.parse::<ListingId>().ok()?;
        own.iter().find(|listing| listing.id == id && listing.status != ListingStatus::Withdrawn).cloned()
    };
    let edited = chosen("listing");
    let deleted = chosen("delete");
    let open = show.status != ShowStatus::Cancelled;
    let live = show.status == ShowStatus::Published;
    let none = own.is_empty();
    let zone = show.venue.timezone.clone();
    let rows = own.into_iter().map(|listing| view! { <Row listing open live/> }).collect_view();
    view! {
        <FormFailure id=VISIBILITY/>
        <FormFailure id=DELETE/>
        {if none {
            view! {
                <Empty title="There are no tickets yet">
                    <p>"Add some below: a name, a price and how many there are. One show can have several kinds."</p>
                </Empty>
            }.into_any()
        } else {
            view! {
                <AvailKey/>
                <Data
                    caption="Tickets of this show with sold, held and free ones"
                    columns=vec!["Tickets", "State", "Availability", ">You get", ">Buyer pays", "~What you can do"]
                >
                    {rows}
                </Data>
            }.into_any()
        }}
        {deleted.map(|listing| view! { <ConfirmDelete listing/> })}
        {edited.map(|listing| view! { <EditListing listing zone=zone.clone()/> })}
        {open.then(|| view! {
            <section class="mt-10 max-w-4xl" aria-labelledby="add-listing">
                <h3 class="text-xl" id="add-listing">"Add tickets"</h3>
                <p class="mt-1 mb-4 text-sm text-ink-2">"We add a booking fee for the buyer. You get the whole price you set."</p>
                <AddListing show/>
            </section>
        })}
    }
}

#[component]
fn Row(listing: ListingView, open: bool, live: bool) -> impl IntoView {
    let on_sale = listing.status == ListingStatus::OnSale;
    let figures = if live && on_sale {
        let src = api::shows::availability_stream(listing.show_id);
        view! { <LiveAvailability src listing=listing.id.to_string() stock=listing.stock/> }.into_any()
    } else {
        view! { <AvailabilityBar id=listing.id.to_string() stock=listing.stock/> }.into_any()
    };
    let (kind, word) = match listing.status {
        ListingStatus::OnSale if live => (TagKind::Ok, "On sale"),
        ListingStatus::OnSale => (TagKind::Warn, "Not yet"),
        ListingStatus::Hidden => (TagKind::Mute, "Hidden"),
        ListingStatus::Withdrawn => (TagKind::Mute, "Ended"),
    };
    let details = if listing.seats.is_empty() {
        format!("{} in all, at most {} per order", listing.quantity, listing.max_per_order)
    } else {
        format!("{} named seats, at most {} per order", listing.seats.len(), listing.max_per_order)
    };
    let editable = open && listing.status != ListingStatus::Withdrawn;
    let net = net(&listing);
    view! {
        <tr>
            <th scope="row">
                <span class="text-base leading-tight">{listing.name.clone()}</span>
                <span class="block font-normal text-ink-2">{details}</span>
            </th>
            <td data-l="State"><span><Tag kind>{word}</Tag></span></td>
            <td class="max-[60rem]:!py-1.5 min-[60rem]:w-[28%]">{figures}</td>
            <td class="r" data-l="You get"><Price of=net/></td>
            <td class="r" data-l="Buyer pays"><b><Price of=listing.price/></b></td>
            <td class="r max-[60rem]:!pt-2">{editable.then(|| view! { <Acts listing/> })}</td>
        </tr>
    }
}

/// What may be done with a listing.
#[component]
fn Acts(listing: ListingView) -> impl IntoView {
    let hidden = listing.status == ListingStatus::Hidden;
    let (id, show, name) = (listing.id, listing.show_id, listing.name);
    let words = if hidden { "Show" } else { "Hide" };
    let label = format!(": {name}");
    let (change, visibility, delete) = (label.clone(), label.clone(), label);
    view! {
        <span class="flex flex-wrap gap-2 md:justify-end">
            <LinkButton href=format!("/sell/shows/{show}?listing={id}#edit-listing") kind=ButtonKind::Small>
                "Change" <span class="sr-only">{change}</span>
            </LinkButton>
            <RowForm id=VISIBILITY>
                <Hidden name="listing" value=id.to_string()/>
                <Hidden name="version" value=listing.version.to_string()/>
                <Hidden name="hidden" value=if hidden { "no" } else { "yes" }/>
                <Button kind=ButtonKind::Small>{words} <span class="sr-only">{visibility}</span></Button>
            </RowForm>
            <LinkButton href=format!("/sell/shows/{show}?delete={id}#delete-listing") kind=ButtonKind::SmallDanger>
                "Delete" <span class="sr-only">{delete}</span>
            </LinkButton>
        </span>
    }
}

#[component]
fn ConfirmDelete(listing: ListingView) -> impl IntoView {
    let kept = match (listing.stock.sold, listing.stock.held) {
        (0, 0) => "None is sold or held.".to_owned(),
        (sold, held) => {
            format!("{sold} sold and {held} held ones stay: sold tickets open the door as before.")
        }
    };
    view! {
        <section class="mt-6 border-[1.5px] border-danger p-5" aria-labelledby="delete-listing">
            <h3 class="text-xl" id="delete-listing">{format!("Delete “{}”?", listing.name)}</h3>
            <p class="mt-2">{format!("{} free tickets are taken off sale for good. {kept}", listing.stock.free)}</p>
            <div class="mt-4 flex flex-wrap gap-3">
                <RowForm id=DELETE>
                    <Hidden name="listing" value=listing.id.to_string()/>
                    <Button kind=ButtonKind::Danger>"Delete these tickets"</Button>
                </RowForm>
                <LinkButton href=format!("/sell/shows/{}#tickets", listing.show_id)>"Keep them"</LinkButton>
            </div>
        </section>
    }
}

/// Tickets that holders offer to others.
#[component]
pub fn Resold(
    /// The show.
    show: ShowView,
) -> impl IntoView {
    let rows = show
        .listings
        .into_iter()
        .filter(|listing| listing.kind == ListingKind::Resale)
        .map(|listing| {
            let seat = listing.seats.join(", ");
            view! {
                <tr>
                    <th scope="row">{listing.name} " " {seat}</th>
                    <td data-l="Offered by">{listing.seller.name}</td>
                    <td class="r" data-l="Price"><Price of=listing.price/></td>
                </tr>
            }
        })
        .collect_view();
    view! { <Data caption="Tickets that holders resell" columns=vec!["Ticket", "Offered by", ">Price"]>{rows}</Data> }
}

fn listing_of(form: &Submission) -> Result<ListingId, FormErrors> {
    form.parse("listing").ok_or_else(|| FormErrors::form("These tickets are not there any more."))
}

async fn change_visibility(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let listing = listing_of(&form)?;
    let request = UpdateListing { hidden: Some(form.text("hidden") == "yes"), ..UpdateListing::default() };
    let version = form.parse("version").unwrap_or_default();
    api::shows::update_listing(form.api(), listing, &request, version).await?;
    Ok(back(id, "listing", "tickets"))
}

async fn delete(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let listing = listing_of(&form)?;
    api::shows::delete_listing(form.api(), listing).await?;
    Ok(back(id, "deleted", "tickets"))
}
