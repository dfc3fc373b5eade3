//! What stands around every page.

pub mod footer;
pub mod header;

pub use footer::Footer;
pub use header::Header;

use leptos::prelude::*;

/// Skip link, header, the page in `<main>`, footer.
#[component]
pub fn Layout(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to main content"</a>
        <Header/>
        <main id="main" class="page" tabindex="-1">{children()}</main>
        <Footer/>
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
