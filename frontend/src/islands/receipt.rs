//! How far a ban has come, instance by instance.

use contracts::auth::BanReceipt;
use leptos::prelude::*;

/// The receipt of a ban as it was when the page was rendered; where JavaScript runs it follows the receipt's stream.
#[island]
pub fn LiveReceipt(
    /// Address of the stream, `/api/auth/admin/bans/{id}/receipt`.
    src: String,
    /// The receipt when the page was rendered.
    receipt: BanReceipt,
) -> impl IntoView {
    let done = is_final(&receipt);
    let (receipt, set_receipt) = signal(receipt);
    #[cfg(feature = "hydrate")]
    if !done {
        let address = src.clone();
        super::feed::follow(&src, move |message| {
            let Ok(news) = serde_json::from_str::<BanReceipt>(message) else { return };
            if is_final(&news) {
                super::feed::stop(&address);
            }
            set_receipt.set(news);
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (set_receipt, src, done);
    view! {
        <div class="grid gap-x-12 gap-y-6 lg:grid-cols-12">
            <div class="lg:col-span-4">
                <h2 class="text-2xl" id="receipt">"Refused in"</h2>
                <p class="display -ml-1 text-[6rem] leading-[.86] md:text-[9rem]">
                    {move || slowest(&receipt.get())} <span class="ml-2 text-3xl md:text-4xl">"ms"</span>
                </p>
                <p class="mt-3 text-lg font-semibold leading-snug" role="status">{move || headline(&receipt.get())}</p>
                <p class="mt-2 text-sm text-ink-2">
                    "Each bar runs from the moment the bus took the ban to the moment the instance refused the account."
                </p>
            </div>
            <div class="lg:col-span-8">{move || wire(rows(&receipt.get()))}</div>
        </div>
    }
}

/// Every instance has refused, or is not waited for: nothing more will come.
pub fn is_final(receipt: &BanReceipt) -> bool {
    receipt.acknowledged_at.is_some()
        && receipt.instances.iter().all(|instance| instance.applied_ms.is_some() || instance.gone.is_some())
}

fn rows(receipt: &BanReceipt) -> Vec<WireRow> {
    let row = |instance: &contracts::auth::InstanceReceipt| WireRow {
        name: instance.instance.clone(),
        after_ms: instance.applied_ms,
        gone: instance.gone.is_some(),
    };
    receipt.instances.iter().map(row).collect()
}

fn slowest(receipt: &BanReceipt) -> String {
    let slowest = receipt.instances.iter().filter_map(|instance| instance.applied_ms).reduce(f64::max);
    slowest.map_or_else(|| "…".to_owned(), milliseconds)
}

fn headline(receipt: &BanReceipt) -> String {
    let all = receipt.instances.len();
    let applied = receipt.instances.iter().filter(|instance| instance.applied_ms.is_some()).count();
    let gone = receipt
        .instances
        .iter()
        .filter(|instance| instance.applied_ms.is_none() && instance.gone.is_some())
        .count();
    let waiting = match all - applied - gone {
        0 => String::new(),
        1 => " One is waiting.".to_owned(),
        more => format!(" {more} are waiting."),
    };
    let gone = match gone {
        0 => "",
        1 => " One is no longer waited for.",
        _ => " The others are no longer waited for.",
    };
    if receipt.acknowledged_at.is_none() {
        return "The ban is written down, but the bus does not take it yet. It is tried again until it does."
            .to_owned();
    }
    if all == 0 {
        return "No instance is known to be running.".to_owned();
    }
    format!("{applied} of {all} instances have refused the account.{waiting}{gone}")
}

/// Under ten with a decimal: `0.4`, `38`.
fn milliseconds(ms: f64) -> String {
    if ms < 9.95 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub struct WireRow {
    /// The instance.
    pub name: String,
    /// Milliseconds until it refused; absent while it is waited for.
    pub after_ms: Option<f64>,
    /// It is not waited for any more.
    pub gone: bool,
}

/// Rows in the order of arrival, with bars on the scale of the slowest; whoever is waited for stays in the list.
pub fn wire(mut rows: Vec<WireRow>) -> impl IntoView + use<> {
    rows.sort_by(|a, b| {
        let (a, b) = (a.after_ms.unwrap_or(f64::INFINITY), b.after_ms.unwrap_or(f64::INFINITY));
        a.total_cmp(&b)
    });
    let slowest = rows.iter().filter_map(|row| row.after_ms).fold(1.0, f64::max);
    view! {
        <ol class="wire" aria-label="Milliseconds until each instance refused the account">
            {rows.into_iter().map(|row| lane(row, slowest)).collect_view()}
        </ol>
    }
}

fn lane(row: WireRow, slowest: f64) -> impl IntoView {
    let (bar, words) = if let Some(ms) = row.after_ms {
        let width = format!("{:.2}%", (ms / slowest * 100.0).clamp(0.5, 100.0));
        let bar = view! { <rect y="6" width=width height="8" fill="currentColor"></rect> }.into_any();
        (bar, view! { <span class="wire-ms">{milliseconds(ms)}<small>"ms"</small></span> }.into_any())
    } else {
        let bar = view! {
            <line x1="0" y1="10" x2="100%" y2="10" stroke="currentColor" stroke-width="2" stroke-dasharray="2 6"></line>
        };
        let word = if row.gone { "gone" } else { "waiting" };
        (bar.into_any(), view! { <span class="pending text-sm">{word}</span> }.into_any())
    };
    view! {
        <li>
            <span class="font-semibold">{row.name}</span>
            <svg class="wire-lane" aria-hidden="true">{bar}</svg>
            {words}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_counts_those_who_have_refused() {
        let text = r#"{"ban":"0198f3a0-0000-7000-8000-000000000001","user":"0198f3a0-0000-7000-8000-000000000002",
            "generation":2,"committed_at":"2026-11-16T19:32:10Z","acknowledged_at":"2026-11-16T19:32:10Z","effective_by":null,
            "instances":[{"service":"orders","instance":"orders-1","applied_ms":3.25},
                         {"service":"tickets","instance":"tickets-1","applied_ms":null}]}"#;
        let receipt: BanReceipt = serde_json::from_str(text).unwrap();
        assert_eq!(headline(&receipt), "1 of 2 instances have refused the account. One is waiting.");
        assert_eq!(slowest(&receipt), "3.2");
        assert!(!is_final(&receipt));
        let text = text.replace("\"applied_ms\":null", "\"applied_ms\":null,\"gone\":\"no_lease\"");
        let receipt: BanReceipt = serde_json::from_str(&text).unwrap();
        assert!(is_final(&receipt) && headline(&receipt).contains("One is no longer waited for"));
    }
}
