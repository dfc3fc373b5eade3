//! Opening a dialog in place instead of on a page of its own.

use leptos::prelude::*;

/// A link to the page where the dialog's form stands open; where JavaScript runs it opens the `<dialog>` in place.
#[island]
pub fn DialogLink(
    /// Id of the `<dialog>`.
    dialog: String,
    /// The address at which the server renders it open.
    href: String,
    /// Classes of the link, such as `btn btn-danger`.
    class: String,
    /// What the link says.
    label: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let open = move |event: leptos::ev::MouseEvent| {
        use wasm_bindgen::JsCast;
        let element = document().get_element_by_id(&dialog);
        let dialog = element.and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok());
        if dialog.is_some_and(|dialog| dialog.show_modal().is_ok()) {
            event.prevent_default();
        }
    };
    #[cfg(not(feature = "hydrate"))]
    let open = move |_: leptos::ev::MouseEvent| _ = &dialog;
    view! { <a class=class href=href on:click=open>{label}</a> }
}
