//! What admins did.

use crate::{
    components::Title,
    loading::{Main, load},
    session::require_admin,
};
use leptos::prelude::*;

/// Audit.
#[component]
pub fn AdminAuditPage() -> impl IntoView {
    let viewer = load(async { require_admin() });
    view! {
        <Title text="Audit"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"Audit"</h1>
        </Main>
    }
}
