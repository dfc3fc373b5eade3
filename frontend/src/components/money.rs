//! Amounts of money.

use contracts::Money;
use leptos::prelude::*;

/// `£48.40` in tabular figures. Prices include the fee; name it beside them.
#[component]
pub fn Price(
    /// How much.
    of: Money,
    /// More classes, such as `text-2xl`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! { <span class=format!("num whitespace-nowrap {class}")>{of.to_string()}</span> }
}
