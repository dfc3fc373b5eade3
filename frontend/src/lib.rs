//! The pages: rendered on the server, alive where it helps.
//!
//! Everything but [`islands`] is compiled for the server alone, so a page may call a service, read the request and set
//! headers without further ado, and the browser downloads the islands and nothing else (`docs/adr/0003-islands.md`).
//! Every page and every form works without JavaScript.
//!
//! # To add a page
//!
//! 1. Write `pages/<name>.rs`: a `//!` sentence, the page's component, then its private parts, each under 60 lines.
//!    The component parses its parameters with [`app::param`], starts what it needs with [`loading::load`] (guards such
//!    as [`session::require_user`] are called inside), and hands it to [`loading::Main`], which answers every failure
//!    with the right page and status. A part that may fail alone goes into a [`loading::Section`].
//! 2. Its forms: `pub(crate) fn forms() -> Forms` beside the component names the page's path and one handler per form
//!    id. A handler answers [`forms::Done`] (303) or a refusal, which renders the page again with the errors (422).
//! 3. Add the route in [`app`] and the forms in [`pages::forms`].
//!
//! ```ignore
//! const CANCEL: FormId = "cancel";
//!
//! pub(crate) fn forms() -> Forms {
//!     Forms::at("/orders/{id}").on(CANCEL, cancel)
//! }
//!
//! #[component]
//! pub fn OrderPage() -> impl IntoView {
//!     let id = param::<OrderId>("id");
//!     let order = load(async move {
//!         require_user()?;
//!         api::orders::find(&use_api()?, id?).await
//!     });
//!     view! {
//!         <Title text="Your order"/>
//!         <Main load=order let:order><OrderDetail order/></Main>
//!     }
//! }
//!
//! async fn cancel(form: Submission) -> Outcome {
//!     let id = form.param("id")?;
//!     api::orders::cancel(form.api(), id).await?;
//!     Ok(Done::to(format!("/orders/{id}")))
//! }
//! ```
//!
//! Components come from [`components`]; what must live in the browser is an island in [`islands`] and takes plain,
//! serialisable props: never read context in an island, never put `on:click` on a plain component.

// The type of a view is as deep as the view.
#![recursion_limit = "512"]
#![expect(clippy::needless_pass_by_value, reason = "components own their props: the view outlives the call")]

pub mod islands;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod forms;
#[cfg(feature = "ssr")]
pub mod loading;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod poster;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod visit;

#[cfg(feature = "ssr")]
pub use contracts::device;

/// Starts the islands in the browser and marks the document, so that tests know when it is alive.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    if let Some(root) = leptos::prelude::document().document_element() {
        // Only fails for an invalid attribute name.
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
