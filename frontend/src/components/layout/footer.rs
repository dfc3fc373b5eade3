//! The foot of every page.

use super::Wordmark;
use leptos::prelude::*;

/// What we promise, and where to go.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="mt-20 border-t-2 border-ink">
            <div class="wrap grid gap-8 py-10 text-sm md:grid-cols-[1.4fr_1fr_1fr_1fr]">
                <div class="max-w-xs">
                    <Wordmark/>
                    <p class="mt-3 text-ink-2">
                        "Every price includes every fee. Resale is capped by the organiser, and both sides see the cap."
                    </p>
                </div>
                <Links
                    label="Buyers"
                    links=vec![("/", "What’s on"), ("/orders", "My orders"), ("/tickets", "My tickets")]
                />
                <Links
                    label="Sellers"
                    links=vec![("/sell", "Your shows"), ("/sell/shows/new", "List a show"), ("/tickets", "Resell a ticket")]
                />
                <Links label="Ticketing.dev" links=vec![("/account", "Your account"), ("/api/docs", "The API")]/>
            </div>
        </footer>
    }
}

#[component]
fn Links(label: &'static str, links: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|(href, words)| view! { <li><a class="inline-block py-1" href=href>{words}</a></li> })
        .collect_view();
    view! {
        <nav aria-label=label>
            <h2 class="text-lg font-bold">{label}</h2>
            <ul class="mt-2">{links}</ul>
        </nav>
    }
}
