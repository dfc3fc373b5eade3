//! Finding accounts.

use crate::{
    components::Title,
    loading::{Main, load},
    session::require_admin,
};
use leptos::prelude::*;

/// Users.
#[component]
pub fn AdminUsersPage() -> impl IntoView {
    let viewer = load(async { require_admin() });
    view! {
        <Title text="Users"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"Users"</h1>
        </Main>
    }
}
