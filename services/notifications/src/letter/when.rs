//! Times as people at the venue read their clocks.

use crate::store::copies::ShowCopy;
use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use contracts::Timestamp;

/// The venue's time zone; UTC where its name is unknown, and then it says so.
fn zone(show: &ShowCopy) -> (Tz, &'static str) {
    show.venue.timezone.parse().map_or((Tz::UTC, " UTC"), |zone| (zone, ""))
}

fn at(show: &ShowCopy, instant: Timestamp) -> DateTime<Tz> {
    instant.with_timezone(&zone(show).0)
}

/// `Fri 20 Nov 2026, doors 18:45, starts 19:30`
pub(super) fn times(show: &ShowCopy) -> String {
    let (starts, doors) = (at(show, show.starts_at), at(show, show.doors_at));
    let same_day = doors.date_naive() == starts.date_naive();
    let doors = doors.format(if same_day { "%H:%M" } else { "%a %-d %b %H:%M" });
    format!(
        "{}, doors {doors}, starts {}{}",
        starts.format("%a %-d %b %Y"),
        starts.format("%H:%M"),
        zone(show).1
    )
}

/// `Fri 20 Nov 2026, 19:30`
pub(super) fn start(show: &ShowCopy) -> String {
    moment(show, show.starts_at)
}

/// `Fri 20 Nov 2026, 19:30`, of an instant that concerns the show.
pub(super) fn moment(show: &ShowCopy, instant: Timestamp) -> String {
    format!("{}{}", at(show, instant).format("%a %-d %b %Y, %H:%M"), zone(show).1)
}

/// `Fri 20 Nov 2026, 19:30 UTC`, of an instant that concerns no place.
pub(super) fn utc(instant: Timestamp) -> String {
    instant.format("%a %-d %b %Y, %H:%M UTC").to_string()
}

/// `Friday 20 November`
pub(super) fn day(show: &ShowCopy) -> String {
    at(show, show.starts_at).format("%A %-d %B").to_string()
}

/// `See you on Friday`, with the date where more than one Friday is still to come before.
pub(super) fn see_you(show: &ShowCopy, now: Timestamp) -> String {
    let left = show.starts_at - now;
    if left <= TimeDelta::zero() {
        return "Your tickets".to_owned();
    }
    let close = left < TimeDelta::days(6);
    format!(
        "See you on {}",
        if close { at(show, show.starts_at).format("%A").to_string() } else { day(show) }
    )
}
