//! A question that must be answered first.

use leptos::prelude::*;

/// A `<dialog>`: opened in place by [`crate::islands::DialogLink`], or rendered open at an address of its own.
#[component]
pub fn Dialog(
    /// Unique on the page; what the link names.
    id: &'static str,
    /// The question.
    #[prop(into)]
    title: String,
    /// Is it open from the start?
    #[prop(optional)]
    open: bool,
    /// What it says, with its form.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    view! {
        <dialog class="dialog" id=id aria-labelledby=heading.clone() open=open>
            <div class="p-6">
                <h2 class="text-2xl" id=heading.clone()>{title}</h2>
                {children()}
            </div>
        </dialog>
    }
}
