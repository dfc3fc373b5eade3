//! A seller's shows and takings.

use crate::{
    components::Title,
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

/// Your shows.
#[component]
pub fn SellPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="Your shows"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"Your shows"</h1>
        </Main>
    }
}
