//! What somebody sells.

use super::sections::{Cursors, List, Pages};
use crate::components::{Data, Empty, Tag, TagKind, When, WhenStyle};
use contracts::{
    Page,
    ids::UserId,
    listings::{ListingKind, ListingStatus, SoldListing},
};
use leptos::prelude::*;

/// Listings, the newest first.
#[component]
pub fn Listings(
    /// One page of them.
    listings: Page<SoldListing>,
    /// Where the page's lists are.
    cursors: Cursors,
    /// Whose.
    user: UserId,
) -> impl IntoView {
    if listings.items.is_empty() {
        return view! { <Empty title="Never sold anything"><p>"Listings and offers of resale stand here."</p></Empty> }
            .into_any();
    }
    let rows = listings.items.into_iter().map(|sold| view! { <Row sold/> }).collect_view();
    view! {
        <Data caption="Their listings, the newest first" columns=vec!["Listing", "Show", "On", "Sold", "State", ">Price"]>
            {rows}
        </Data>
        <Pages list=List::Listings cursors user next=listings.next_cursor/>
    }
    .into_any()
}

#[component]
fn Row(sold: SoldListing) -> impl IntoView {
    let listing = sold.listing;
    let kind = (listing.kind == ListingKind::Resale).then(|| {
        view! { <span class="block text-xs font-normal text-ink-2">"Resale"</span> }
    });
    let (tag, state) = match listing.status {
        ListingStatus::OnSale => (TagKind::Ok, "On sale"),
        ListingStatus::Hidden => (TagKind::Warn, "Hidden"),
        ListingStatus::Withdrawn => (TagKind::Mute, "Withdrawn"),
    };
    let count = format!("{} of {}", listing.stock.sold, listing.quantity);
    view! {
        <tr>
            <th class="wrap-anywhere" scope="row">{listing.name} {kind}</th>
            <td class="wrap-anywhere" data-l="Show">
                <a class="inline-block py-0.5" href=format!("/shows/{}", listing.show_id)>{sold.show_title}</a>
            </td>
            <td data-l="On"><When at=sold.show_starts_at zone=sold.show_timezone style=WhenStyle::DayAndYear/></td>
            <td data-l="Sold">{count}</td>
            <td data-l="State"><span><Tag kind=tag>{state}</Tag></span></td>
            <td class="r" data-l="Price">{listing.price.to_string()}</td>
        </tr>
    }
}
