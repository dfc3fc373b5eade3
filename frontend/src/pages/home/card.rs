//! A show among others.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use crate::{
    components::{AvailabilityBar, Poster, When},
    text::places::place,
};
use contracts::{Money, shows::ShowCard};
use leptos::prelude::*;

/// Poster, date, price and what is left.
#[component]
pub fn Card(show: ShowCard, large: bool) -> impl IntoView {
    let (item, poster) = if large {
        ("col-span-2 lg:row-span-2 flex flex-col", "lg:flex-1 lg:min-h-0 lg:aspect-auto")
    } else {
        ("flex flex-col", "")
    };
    let id = show.id.to_string();
    view! {
        <li class=item>
            <Poster id=id.clone() title=show.title.clone() href=format!("/shows/{id}") listed=true class=poster/>
            <div class="pt-3">
                <p class="flex flex-wrap items-baseline justify-between gap-x-3 leading-snug">
                    <b class="font-semibold max-md:text-sm">
                        <When at=show.starts_at zone=show.venue.timezone.clone()/>
                    </b>
                    {price(show.from_price)}
                </p>
                <p class="mb-2 text-sm text-ink-2 wrap-anywhere">{place(&show.venue)}</p>
                <Left show/>
            </div>
        </li>
    }
}

fn price(from: Option<Money>) -> impl IntoView {
    match from {
        Some(price) if price.amount == 0 => {
            view! { <span class="num text-lg leading-none">"Free"</span> }.into_any()
        }
        Some(price) => view! {
            <span class="num text-lg leading-none"><span class="sr-only">"from "</span>{price.to_string()}</span>
        }
        .into_any(),
        None => ().into_any(),
    }
}

#[component]
fn Left(show: ShowCard) -> impl IntoView {
    if show.stock.total == 0 {
        return view! { <p class="text-xs text-ink-2">"No tickets on sale yet"</p> }.into_any();
    }
    let over = (show.stock.free == 0 && show.stock.held == 0)
        .then(|| view! { <p class="text-xs font-semibold">"Sold out"</p> });
    view! { <AvailabilityBar id=show.id.to_string() stock=show.stock/> {over} }.into_any()
}
