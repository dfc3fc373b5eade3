//! A new show.

use crate::{
    components::Title,
    forms::Forms,
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/sell/shows/new")
}

/// List a show.
#[component]
pub fn NewShowPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="List a show"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"List a show"</h1>
        </Main>
    }
}
