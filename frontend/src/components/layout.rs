//! What stands around every page.

pub mod footer;
pub mod header;

pub use footer::Footer;
pub use header::Header;

use crate::visit::Visit;
use leptos::prelude::*;

/// Skip link, header, the page in `<main>`, footer.
#[component]
pub fn Layout(
    /// The page.
    children: Children,
) -> impl IntoView {
    // The door has the whole screen.
    let path = Visit::current().path.split('?').next().unwrap_or_default().to_owned();
    let around = !(path.starts_with("/sell/shows/") && path.ends_with("/door"));
    view! {
        <a class="skip" href="#main">"Skip to main content"</a>
        {around.then(|| view! { <Header/> })}
        <main id="main" class="page" tabindex="-1">{children()}</main>
        {around.then(|| view! { <Footer/> })}
    }
}

/// The name as a ticket whose stub is the top-level domain.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <a class="wordmark" href="/" aria-label="Ticketing.dev, home">
            <span>"Ticketing"</span>
            <span>".dev"</span>
        </a>
    }
}
