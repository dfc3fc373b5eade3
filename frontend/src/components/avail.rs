//! What is sold, held and free.

use crate::islands::availability::bar;
use contracts::shows::Stock;
use leptos::prelude::*;

/// The bar with its figures, as it was when the page was rendered. On a show's own page take
/// [`crate::islands::LiveAvailability`].
#[component]
pub fn AvailabilityBar(
    /// Unique on the page: the id of the show or listing.
    #[prop(into)]
    id: String,
    /// The figures.
    stock: Stock,
    /// How many of the held ones are the visitor's.
    #[prop(default = 0)]
    yours: u32,
) -> impl IntoView {
    bar(&format!("stock-{id}"), stock, yours)
}

/// What solid, hatched and open mean.
#[component]
pub fn AvailKey() -> impl IntoView {
    view! {
        <p class="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
            <span><i class="key key-sold"></i>"sold"</span>
            <span><i class="key key-held"></i>"held by someone paying now"</span>
            <span><i class="key key-free"></i>"free"</span>
        </p>
    }
}
