//! A show and its tickets.

use crate::{components::Title, forms::Forms};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/shows/{id}")
}

/// Show.
#[component]
pub fn ShowPage() -> impl IntoView {
    view! {
        <Title text="Show"/>
        <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"Show"</h1>
    }
}
