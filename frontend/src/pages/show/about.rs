//! What a show is, when and where.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use crate::{
    components::{LinkButton, Notice, Tone, When},
    text,
    visit::now,
};
use contracts::shows::{ShowStatus, ShowView};
use leptos::prelude::*;

/// City, kind, show.
#[component]
pub fn Breadcrumb(show: ShowView) -> impl IntoView {
    let link = |name: &str, value: &str| {
        let query = serde_urlencoded::to_string([(name, value)]).unwrap_or_default();
        format!("/?{query}")
    };
    let kind = show.category.as_str();
    view! {
        <nav aria-label="Breadcrumb" class="pt-5 text-sm">
            <ol class="flex flex-wrap items-baseline gap-x-2">
                <li>
                    <a class="inline-block py-0.5" href=link("city", &show.venue.city)>{show.venue.city.clone()}</a>
                    " " <span aria-hidden="true">"/"</span>
                </li>
                <li>
                    <a class="inline-block py-0.5" href=link("category", kind)>{text::capital(kind)}</a>
                    " " <span aria-hidden="true">"/"</span>
                </li>
                <li aria-current="page" class="wrap-anywhere">{show.title}</li>
            </ol>
        </nav>
    }
}

/// Whether it takes place at all.
#[component]
pub fn Standing(show: ShowView) -> impl IntoView {
    let notice = match show.status {
        ShowStatus::Cancelled => view! {
            <Notice tone=Tone::Danger title="This show was cancelled">
                <p class="text-sm">
                    "Its tickets are void. Whoever paid gets everything back, fees included, without asking. "
                    <a href="/orders">"Your orders"</a>
                </p>
            </Notice>
        }
        .into_any(),
        ShowStatus::Draft => view! {
            <Notice tone=Tone::Warn title="Only you can see this draft">
                <p class="mt-2"><LinkButton href=format!("/sell/shows/{}", show.id)>"Edit and publish it"</LinkButton></p>
            </Notice>
        }
        .into_any(),
        ShowStatus::Published if show.starts_at <= now() => view! {
            <Notice title="This show has begun or is over">
                <p class="text-sm">"Tickets are no longer sold here. " <a href="/">"What’s on"</a></p>
            </Notice>
        }
        .into_any(),
        ShowStatus::Published => return ().into_any(),
    };
    view! { <div class="mb-6">{notice}</div> }.into_any()
}

/// The description and the facts, in the time of the venue.
#[component]
pub fn About(show: ShowView) -> impl IntoView {
    let zone = show.venue.timezone.clone();
    let venue = show.venue;
    view! {
        <Description text=show.description/>
        <dl class="mt-6 grid grid-cols-2 gap-x-6 border-t-2 border-ink">
            <div class=FACT>
                <dt class="label">"When"</dt>
                <dd class="leading-snug font-semibold">
                    <When at=show.starts_at zone=zone.clone()/>
                    <br/>
                    <span class="font-normal">"Doors " {text::time(show.doors_at, &zone)}</span>
                </dd>
            </div>
            <div class=FACT>
                <dt class="label">"Where"</dt>
                <dd class="leading-snug font-semibold wrap-anywhere">
                    {venue.name} <br/> <span class="font-normal">{venue.address} ", " {venue.city}</span>
                </dd>
            </div>
            <div class=FACT>
                <dt class="label">"Kind"</dt>
                <dd class="leading-snug font-semibold">{text::capital(show.category.as_str())}</dd>
            </div>
            <div class=FACT>
                <dt class="label">"Organiser"</dt>
                <dd class="leading-snug font-semibold wrap-anywhere">{show.organiser.name}</dd>
            </div>
        </dl>
        <p class="mt-2 text-xs text-ink-2">"Times are those of the venue (" {zone.replace('_', " ")} ")."</p>
    }
}

const FACT: &str = "min-w-0 border-b border-hair py-3";

/// Plain text: an empty line begins a paragraph, and the first one leads.
#[component]
fn Description(text: String) -> impl IntoView {
    let mut paragraphs =
        text.replace("\r\n", "\n").split("\n\n").map(|part| part.trim().to_owned()).collect::<Vec<_>>();
    paragraphs.retain(|part| !part.is_empty());
    paragraphs
        .into_iter()
        .enumerate()
        .map(|(place, part)| {
            let class = if place == 0 {
                "max-w-[46ch] text-xl leading-[1.3] font-medium whitespace-pre-line wrap-anywhere"
            } else {
                "mt-4 max-w-[66ch] whitespace-pre-line wrap-anywhere"
            };
            view! { <p class=class>{part}</p> }
        })
        .collect_view()
}

/// Getting in, and changing one's mind.
#[component]
pub fn Practical(show: ShowView) -> impl IntoView {
    let until = text::in_full(show.refund_until, &show.venue.timezone);
    view! {
        <section aria-label="Good to know" class="mt-10 grid gap-6 border-t-2 border-ink pt-4 md:grid-cols-2">
            <div>
                <h2 class="text-xl">"Getting in"</h2>
                <p class="mt-2 text-sm">
                    "Show the QR code on your phone or on paper. One code lets in one person, once."
                </p>
            </div>
            <div>
                <h2 class="text-xl">"Changing your mind"</h2>
                <p class="mt-2 text-sm">
                    {format!("Ask the organiser for your money back until {until}. You can resell a ticket here until the show begins: the money is yours when somebody buys it. If the show is cancelled you get everything back, fees included.")}
                </p>
            </div>
        </section>
    }
}
