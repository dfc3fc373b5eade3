//! One account and its bans.

use crate::{
    components::Title,
    forms::Forms,
    loading::{Main, load},
    session::require_admin,
};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/admin/users/{id}")
}

/// User.
#[component]
pub fn AdminUserPage() -> impl IntoView {
    let viewer = load(async { require_admin() });
    view! {
        <Title text="User"/>
        <Main load=viewer let:_viewer>
            <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">"User"</h1>
        </Main>
    }
}
