//! The head of every page: the way around, who is signed in, and what they hold.

use super::Wordmark;
use crate::{
    api,
    components::Icon,
    islands::HoldClock,
    loading::{Extra, load},
    session::{sign_in_path, viewer},
    text,
    visit::{Viewer, Visit},
};
use contracts::{auth::Role, orders::OrderView};
use leptos::prelude::*;

/// Wordmark, navigation, hold and account.
#[component]
pub fn Header() -> impl IntoView {
    let viewer = viewer();
    view! {
        <header class="border-b-2 border-ink bg-paper">
            <div class="wrap flex min-h-16 items-center gap-4 md:gap-8">
                <Wordmark/>
                <nav aria-label="Main" class="max-md:hidden">
                    <ul class="flex gap-7">{links(viewer, WIDE_LINK)}</ul>
                </nav>
                <div class="ml-auto flex items-center gap-4">
                    {viewer.map(|_| view! { <HoldChip/> })}
                    <div class="max-md:hidden"><Account viewer/></div>
                    <details class="relative md:hidden">
                        <summary class="grid size-11 list-none place-items-center border-[1.5px] border-ink [&::-webkit-details-marker]:hidden">
                            <span class="sr-only">"Menu"</span>
                            {Icon::Menu.view()}
                        </summary>
                        <nav
                            aria-label="Main, phone"
                            class="absolute right-0 top-12 z-40 w-60 border-[1.5px] border-ink bg-sheet p-2 shadow-over"
                        >
                            <ul>
                                {links(viewer, PHONE_LINK)}
                                <li class="mt-1 border-t border-hair px-3 pt-1"><Account viewer/></li>
                            </ul>
                        </nav>
                    </details>
                </div>
            </div>
        </header>
    }
}

const WIDE_LINK: &str = "inline-flex min-h-11 items-center font-semibold no-underline decoration-[3px] underline-offset-8 hover:underline aria-[current]:underline aria-[current]:decoration-ink";
const PHONE_LINK: &str = "flex min-h-11 items-center px-3 font-semibold no-underline aria-[current]:bg-well";
const ACCOUNT_LINK: &str =
    "inline-flex min-h-9 items-center gap-2 font-semibold no-underline hover:underline";

fn links(viewer: Option<Viewer>, class: &'static str) -> impl IntoView {
    let here = Visit::current().path.split('?').next().unwrap_or("/").to_owned();
    let admin =
        viewer.is_some_and(|viewer| viewer.role == Role::Admin || viewer.withheld == Some(Role::Admin));
    [("/", "What’s on"), ("/sell", "Sell tickets"), ("/tickets", "My tickets")]
        .into_iter()
        .chain(admin.then_some(("/admin/users", "Admin")))
        .map(|(href, words)| {
            let root = if href == "/admin/users" { "/admin" } else { href };
            let inside = here == href || (root != "/" && here.starts_with(root));
            view! { <li><a class=class href=href aria-current=inside.then_some("page")>{words}</a></li> }
        })
        .collect_view()
}

#[component]
fn Account(viewer: Option<Viewer>) -> impl IntoView {
    if Visit::current().is_unsettled() {
        return view! {
            <a class=ACCOUNT_LINK href=Visit::current().path.clone()>
                <span class="sr-only">"Your account: "</span>
                "Retrying"
            </a>
        }
        .into_any();
    }
    let Some(viewer) = viewer else {
        let href = sign_in_path(&Visit::current().path);
        return view! { <a class=ACCOUNT_LINK href=href>"Sign in"</a> }.into_any();
    };
    let name = load(api::session::short_name(viewer));
    view! {
        <a class=ACCOUNT_LINK href="/account">
            <span class="sr-only">"Your account: "</span>
            <Extra load=name let:name>{name}</Extra>
        </a>
    }
    .into_any()
}

/// Time and number of what is held, on every page but the checkout itself.
#[component]
fn HoldChip() -> impl IntoView {
    let here = Visit::current().path.clone();
    let held = load(api::orders::held());
    view! {
        <Extra load=held let:held>
            {held.filter(|order| !here.starts_with(&format!("/orders/{}", order.id))).map(|order| view! { <Chip order/> })}
        </Extra>
    }
}

#[component]
fn Chip(order: OrderView) -> impl IntoView {
    let count: u32 = order.items.iter().map(|item| item.quantity).sum();
    let until = text::time_there(order.expires_at, &order.show.venue.timezone);
    view! {
        <a class="hold-chip" href=format!("/orders/{}", order.id)>
            <HoldClock until_ms=order.expires_at.timestamp_millis() now_ms=order.now.timestamp_millis()/>
            <span class="max-sm:sr-only">{count} " held"</span>
            <span class="sr-only">{format!(" for you until {until}: go to checkout")}</span>
        </a>
    }
}
