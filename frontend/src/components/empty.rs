//! What is shown where nothing is.

use leptos::prelude::*;

/// Says what would be here, and how it gets here.
#[component]
pub fn Empty(
    /// What there is none of yet.
    #[prop(into)]
    title: String,
    /// When there is some, and the way there.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="mt-8 max-w-3xl border-[1.5px] border-dashed border-edge p-6">
            <p class="text-lg font-semibold leading-snug">{title}</p>
            <div class="mt-2 text-sm text-ink-2">{children()}</div>
        </div>
    }
}
