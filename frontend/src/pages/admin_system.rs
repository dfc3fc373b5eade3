//! Services, lag and dead letters.

use crate::{
    components::Title,
    loading::{Main, load},
    session::require_admin,
};
use leptos::prelude::*;

/// System.
#[component]
pub fn AdminSystemPage() -> impl IntoView {
    let viewer = load(async { require_admin() });
    view! {
        <Title text="System"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"System"</h1>
        </Main>
    }
}
