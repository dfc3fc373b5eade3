//! How far a ban has come, instance by instance: live where JavaScript runs, by asking again where it does not.

use super::effects::Effects;
use crate::{
    api,
    components::{RefreshWithoutScript, Wire, WireRow, milliseconds},
    error::AppError,
    islands::LiveRegion,
    loading::{Section, load},
    text,
    visit::now,
};
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    auth::{BanReceipt, InstanceReceipt},
};
use leptos::prelude::*;

/// Id of the part that is rendered again when an instance has answered.
const REGION: &str = "receipt";
/// For this long a page without scripts asks again by itself: longer would take away what is typed below.
const WATCHED_FOR: TimeDelta = TimeDelta::seconds(20);

/// Where the ban is in force.
#[component]
pub fn Receipt(
    /// What auth says of it.
    receipt: Result<BanReceipt, AppError>,
) -> impl IntoView {
    let receipt = load(async move { receipt });
    view! {
        <section class="mt-9 border-t-2 border-ink pt-5" aria-label="How far the ban has come">
            <Section load=receipt what="The receipt of the ban" let:receipt>
                {
                    let src = api::users::receipt_path(receipt.ban);
                    let waiting = !receipt.is_final(now());
                    let fresh = now() - receipt.committed_at < WATCHED_FOR;
                    if waiting {
                        view! {
                            {fresh.then(|| view! { <RefreshWithoutScript seconds=2/> })}
                            <LiveRegion id=REGION.to_owned() src version=0>
                                <State receipt waiting/>
                            </LiveRegion>
                        }
                            .into_any()
                    } else {
                        view! { <div id=REGION><State receipt waiting/></div> }.into_any()
                    }
                }
            </Section>
        </section>
    }
}

#[component]
fn State(receipt: BanReceipt, waiting: bool) -> impl IntoView {
    let again = format!("/admin/users/{}", receipt.user);
    let at = format!(
        "Banned on {}, {} UTC.",
        text::day_and_year(receipt.committed_at, "UTC"),
        text::time_to_the_second(receipt.committed_at, "UTC"),
    );
    view! {
        <div class="grid gap-x-12 gap-y-6 lg:grid-cols-12">
            <div class="lg:col-span-4">
                <h2 class="text-2xl">"Refused in"</h2>
                <p class="display -ml-1 text-[6rem] leading-[.86] md:text-[9rem]">
                    {slowest(&receipt)} <span class="ml-2 text-3xl md:text-4xl">"ms"</span>
                </p>
                <p class="mt-3 text-lg font-semibold leading-snug" role="status">{headline(&receipt, now())}</p>
                <p class="mt-2 text-sm text-ink-2">
                    "Each bar runs from the moment the bus took the ban to the moment the instance refused the account."
                </p>
            </div>
            <div class="lg:col-span-8"><Wire rows=rows(&receipt, now())/></div>
        </div>
        <Effects effects=receipt.effects waiting/>
        <p class="mt-3 text-sm text-ink-2">
            {at} " " {waiting.then(|| view! { <a class="inline-block py-0.5" href=again>"Look again"</a> })}
        </p>
    }
}

fn rows(receipt: &BanReceipt, now: Timestamp) -> Vec<WireRow> {
    let over = receipt.is_over(now);
    let row = |instance: &InstanceReceipt| WireRow {
        name: instance.instance.clone(),
        after_ms: instance.applied_ms,
        gone: over || instance.gone.is_some(),
    };
    receipt.instances.iter().map(row).collect()
}

fn slowest(receipt: &BanReceipt) -> String {
    let slowest = receipt.instances.iter().filter_map(|instance| instance.applied_ms).reduce(f64::max);
    slowest.map_or_else(|| "…".to_owned(), milliseconds)
}

fn headline(receipt: &BanReceipt, now: Timestamp) -> String {
    match (receipt.acknowledged_at, receipt.is_over(now)) {
        (None, true) => {
            return "The bus never took the ban, but every token of before it has ended since.".to_owned();
        }
        (None, false) => {
            return "The ban is written down, but the bus does not take it yet. It is tried again until it does."
                .to_owned();
        }
        (Some(_), _) => {}
    }
    let rows = rows(receipt, now);
    if rows.is_empty() {
        return "No instance is known to be running.".to_owned();
    }
    let count = |counts: fn(&WireRow) -> bool| rows.iter().filter(|row| counts(row)).count();
    let applied = count(|row| row.after_ms.is_some());
    let waiting = match count(|row| row.after_ms.is_none() && !row.gone) {
        0 => String::new(),
        1 => " One is waiting.".to_owned(),
        more => format!(" {more} are waiting."),
    };
    let gone = match count(|row| row.after_ms.is_none() && row.gone) {
        0 => "",
        1 => " One is no longer waited for.",
        _ => " The others are no longer waited for.",
    };
    format!("{applied} of {} instances have refused the account.{waiting}{gone}", rows.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::auth::TOKENS_GONE_AFTER;

    const BANNED: &str = r#"{"ban":"0198f3a0-0000-7000-8000-000000000001","user":"0198f3a0-0000-7000-8000-000000000002",
        "generation":2,"committed_at":"2026-11-16T19:32:10Z","acknowledged_at":"2026-11-16T19:32:10Z","effective_by":null,
        "instances":[{"service":"orders","instance":"orders-1","applied_ms":3.25},
                     {"service":"tickets","instance":"tickets-1","applied_ms":null}]}"#;

    fn receipt(text: &str) -> BanReceipt {
        serde_json::from_str(text).unwrap()
    }

    fn soon() -> Timestamp {
        "2026-11-16T19:32:11Z".parse().unwrap()
    }

    #[test]
    fn the_headline_counts_those_who_have_refused() {
        let waiting = receipt(BANNED);
        assert_eq!(headline(&waiting, soon()), "1 of 2 instances have refused the account. One is waiting.");
        assert_eq!(slowest(&waiting), "3.2");
        assert!(!waiting.is_final(soon()));
        let ended =
            receipt(&BANNED.replace("\"applied_ms\":null", "\"applied_ms\":null,\"gone\":\"no_lease\""));
        assert!(ended.is_final(soon()) && headline(&ended, soon()).contains("One is no longer waited for"));
    }

    #[test]
    fn a_ban_that_the_bus_never_took_ends_with_the_tokens_of_before() {
        let unheard = receipt(
            &BANNED.replace("\"acknowledged_at\":\"2026-11-16T19:32:10Z\"", "\"acknowledged_at\":null"),
        );
        assert!(!unheard.is_final(soon()) && headline(&unheard, soon()).contains("is tried again"));
        let later = soon() + TOKENS_GONE_AFTER;
        assert!(unheard.is_final(later) && headline(&unheard, later).contains("has ended since"));
    }
}
