//! How far something has come: one row per instance, with the milliseconds that it took.

use leptos::prelude::*;

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
#[component]
pub fn Wire(
    /// Every live instance.
    mut rows: Vec<WireRow>,
) -> impl IntoView {
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

/// Under ten with a decimal: `0.4`, `38`.
pub fn milliseconds(ms: f64) -> String {
    if ms < 9.95 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}
