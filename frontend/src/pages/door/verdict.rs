//! The result, as large as the screen: colour, shape and word say the same.

use super::scan::{Scan, Verdict as Outcome};
use crate::text;
use leptos::prelude::*;

/// What came of the last code.
#[component]
pub fn Verdict(
    /// The last scan; none before the first.
    scan: Option<Scan>,
    /// Why the last code could not be checked.
    failed: Option<String>,
    /// The venue's time zone.
    zone: String,
) -> impl IntoView {
    let (class, path, word, words) = match (failed, scan) {
        (Some(message), _) => {
            let words =
                format!("{message} Scan it again; if it then says Already in, it was let in just now.");
            (DANGER, CROSS, "Not checked", words)
        }
        (None, None) => (READY, TICKET, "Ready", "Scan the first ticket.".to_owned()),
        (None, Some(scan)) => {
            let (class, path) = match scan.outcome {
                Outcome::Admitted => (OK, TICK),
                Outcome::Used => (WARN, TICKET),
                Outcome::WrongShow | Outcome::NotValid | Outcome::Unknown => (DANGER, CROSS),
            };
            (class, path, scan.outcome.word(), words(&scan, &zone))
        }
    };
    view! {
        <section class=class role="status" aria-live="assertive" aria-label="Result">
            <div class="grid grid-cols-[auto_1fr] items-center gap-x-5 px-4 py-5 lg:grid-cols-1 lg:gap-y-6 lg:p-8">
                <svg class="size-20 lg:size-36" viewBox="0 0 60 60" fill="none" stroke="currentColor" stroke-width="7" aria-hidden="true">
                    <path d=path></path>
                </svg>
                <div class="min-w-0">
                    <h2 class="text-[3.5rem] leading-[.86] lg:text-[6.5rem]">{word}</h2>
                    <p class="mt-2 text-lg font-semibold leading-tight">{words}</p>
                </div>
            </div>
        </section>
    }
}

const READY: &str = "bg-sheet text-ink lg:row-span-2";
const OK: &str = "bg-ok text-on-spot lg:row-span-2";
const WARN: &str = "bg-warn text-on-spot lg:row-span-2";
const DANGER: &str = "bg-danger text-on-spot lg:row-span-2";

const TICK: &str = "m8 33 15 15 29-36";
const CROSS: &str = "m12 12 36 36M48 12 12 48";
const TICKET: &str = "M6 12h48v12a6 6 0 0 0 0 12v12H6V36a6 6 0 0 0 0-12ZM38 12v36";

fn words(scan: &Scan, zone: &str) -> String {
    match (scan.outcome, scan.used_at) {
        (Outcome::Used, Some(at)) => {
            let time = text::time_to_the_second(at, zone);
            format!("Used at {time}. Do not let them in; ask for photo ID if they say it was not them.")
        }
        (Outcome::Used, None) => "Used before. Do not let them in.".to_owned(),
        (Outcome::Admitted, _) => scan.whom.clone(),
        (Outcome::WrongShow, _) => "A ticket for another show. Do not let them in.".to_owned(),
        (Outcome::NotValid | Outcome::Unknown, _) => format!("{} Do not let them in.", sentence(&scan.whom)),
    }
}

fn sentence(words: &str) -> String {
    if words.ends_with('.') { words.to_owned() } else { format!("{words}.") }
}
