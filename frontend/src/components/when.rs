//! Instants, in the time zone of the venue.

use crate::text;
use contracts::Timestamp;
use leptos::prelude::*;

/// How much of an instant is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenStyle {
    /// `Fri 20 Nov, 19:30`
    #[default]
    DayAndTime,
    /// `Fri 20 Nov`
    Day,
    /// `Fri 20 Nov 2026`
    DayAndYear,
    /// `19:30`
    Time,
    /// `16 November 2026, 19:32`
    InFull,
}

/// An instant in words, and exactly for machines.
#[component]
pub fn When(
    /// The instant.
    at: Timestamp,
    /// IANA time zone; UTC where it has none, as in an audit.
    #[prop(default = "UTC".to_owned(), into)]
    zone: String,
    /// How much is shown.
    #[prop(default = WhenStyle::DayAndTime)]
    style: WhenStyle,
) -> impl IntoView {
    let words = match style {
        WhenStyle::DayAndTime => text::day_and_time(at, &zone),
        WhenStyle::Day => text::day(at, &zone),
        WhenStyle::DayAndYear => text::day_and_year(at, &zone),
        WhenStyle::Time => text::time(at, &zone),
        WhenStyle::InFull => text::in_full(at, &zone),
    };
    view! { <time class="whitespace-nowrap" datetime=at.to_rfc3339()>{words}</time> }
}
