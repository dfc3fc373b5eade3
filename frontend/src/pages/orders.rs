//! A buyer's orders.

use crate::{
    components::Title,
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

/// Your orders.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="Your orders"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"Your orders"</h1>
        </Main>
    }
}
