//! Check-in.

use crate::{
    components::Title,
    forms::Forms,
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/sell/shows/{id}/door")
}

/// At the door.
#[component]
pub fn DoorPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="At the door"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"At the door"</h1>
        </Main>
    }
}
