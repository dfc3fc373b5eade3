//! Browse and search.

use crate::components::Title;
use leptos::prelude::*;

/// What’s on.
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Title text="What’s on"/>
        <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"What’s on"</h1>
    }
}
