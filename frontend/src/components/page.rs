//! The frame of a page's content.

use crate::forms::FormState;
use leptos::prelude::*;

/// The title of the page in the browser: `Night Ferry · Ticketing.dev`, with "Error:" first after a refused form.
#[component]
pub fn Title(
    /// What the page is.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let error = if FormState::any_refused() { "Error: " } else { "" };
    view! { <leptos_meta::Title text=format!("{error}{text} · Ticketing.dev")/> }
}

/// A part of a page under a rule, named by its heading.
#[component]
pub fn Part(
    /// Unique on the page.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: String,
    /// What stands under it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="mt-14" aria-labelledby=id>
            <h2 class="rule pt-4 text-2xl" id=id>{title}</h2>
            <div class="mt-4">{children()}</div>
        </section>
    }
}

/// Where JavaScript does not run, the page is fetched again by itself.
#[component]
pub fn RefreshWithoutScript(
    /// After how many seconds.
    seconds: u32,
) -> impl IntoView {
    let tag = format!(r#"<meta http-equiv="refresh" content="{seconds}">"#);
    view! { <noscript inner_html=tag></noscript> }
}
