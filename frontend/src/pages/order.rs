//! Checkout, progress and result of an order.

use crate::{
    components::Title,
    forms::Forms,
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/orders/{id}")
}

/// Your order.
#[component]
pub fn OrderPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="Your order"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"Your order"</h1>
        </Main>
    }
}
