//! A holder's tickets.

use crate::{
    components::Title,
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

/// My tickets.
#[component]
pub fn TicketsPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="My tickets"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"My tickets"</h1>
        </Main>
    }
}
