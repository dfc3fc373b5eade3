//! Dates in words, in the time zone of the venue.

pub mod places;

use chrono::Datelike;
use contracts::{Timestamp, validate::is_in_range};

/// `Fri 20 Nov, 19:30`
pub fn day_and_time(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%a %-d %b, %H:%M")
}

/// `Fri 20 Nov`
pub fn day(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%a %-d %b")
}

/// `Fri 20 Nov 2026`, where the year matters.
pub fn day_and_year(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%a %-d %b %Y")
}

/// `19:30`
pub fn time(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%H:%M")
}

/// `19:30 New York time`, where the reader may be elsewhere and must not be late.
pub fn time_there(at: Timestamp, zone: &str) -> String {
    let place = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
    let known = zone.contains('/') && zone.parse::<chrono_tz::Tz>().is_ok();
    if known { format!("{} {place} time", time(at, zone)) } else { format!("{} UTC", time(at, "UTC")) }
}

/// `19:30:04`, where several happen in a minute.
pub fn time_to_the_second(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%H:%M:%S")
}

/// `Friday 20 November`
pub fn weekday(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%A %-d %B")
}

/// `16 November 2026, 19:32`
pub fn in_full(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%-d %B %Y, %H:%M")
}

/// What `<input type="datetime-local">` holds: `2026-11-20T19:30`.
pub fn for_input(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%Y-%m-%dT%H:%M")
}

/// A day as `<input type="date">` sends it, `2026-11-20`, of a year in which something may happen.
pub fn day_from_input(text: &str) -> Option<chrono::NaiveDate> {
    text.parse().ok().filter(|day: &chrono::NaiveDate| is_in_range(day.year()))
}

/// What `<input type="datetime-local">` sends, at a venue. An hour that the clocks skip or repeat is its earliest.
pub fn from_input(text: &str, zone: &str) -> Option<Timestamp> {
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
        .or_else(|_| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .ok()
        .filter(|at| is_in_range(at.year()))?;
    let zone: chrono_tz::Tz = zone.parse().ok()?;
    naive.and_local_timezone(zone).earliest().map(|at| at.to_utc())
}

/// An unknown zone is shown in UTC: a wrong zone must not take the page down.
fn local(at: Timestamp, zone: &str, format: &str) -> String {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    at.with_timezone(&zone).format(format).to_string()
}

/// `26 minutes ago`, `2 days ago`: for what happened where no venue gives a time zone. After a week its day in UTC.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from((now - at).num_seconds()).unwrap_or(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (minutes, hours, days) {
        (0, ..) => "now".to_owned(),
        (_, 0, _) => format!("{} ago", count(minutes, "minute", "minutes")),
        (_, _, 0) => format!("{} ago", count(hours, "hour", "hours")),
        (_, _, 1..=7) => format!("{} ago", count(days, "day", "days")),
        _ => day_and_year(at, "UTC"),
    }
}

/// The last letters of an id: enough to tell a person's orders or tickets apart.
pub fn short_id(id: impl std::fmt::Display) -> String {
    let id = id.to_string().to_uppercase();
    id.get(id.len().saturating_sub(6)..).unwrap_or_default().to_owned()
}

/// `Music`, of a word of a closed list.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `1 ticket`, `2 tickets`.
pub fn count(number: impl Into<u64>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_venue() {
        let at: Timestamp = "2026-11-20T19:30:00Z".parse().unwrap();
        assert_eq!(day_and_time(at, "Europe/London"), "Fri 20 Nov, 19:30");
        assert_eq!(day_and_time(at, "Europe/Prague"), "Fri 20 Nov, 20:30");
        assert_eq!(time(at, "Asia/Tokyo"), "04:30");
        assert_eq!(in_full(at, "nowhere"), "20 November 2026, 19:30");
        assert_eq!(time_there(at, "America/New_York"), "14:30 New York time");
        assert_eq!(time_there(at, "UTC"), "19:30 UTC");
    }

    #[test]
    fn what_an_input_holds_is_read_back() {
        let at: Timestamp = "2026-07-01T18:00:00Z".parse().unwrap();
        let typed = for_input(at, "Europe/Prague");
        assert_eq!(typed, "2026-07-01T20:00");
        assert_eq!(from_input(&typed, "Europe/Prague"), Some(at));
        assert_eq!(from_input("soon", "Europe/Prague"), None);
        assert_eq!(from_input("+262142-12-31T00:00", "UTC"), None);
        assert_eq!(day_from_input("-262143-01-01"), None);
    }

    #[test]
    fn the_past_is_said_in_the_largest_unit_that_fits() {
        let now: Timestamp = "2026-11-20T19:30:00Z".parse().unwrap();
        let ago = |seconds| ago(now - chrono::TimeDelta::seconds(seconds), now);
        assert_eq!(ago(-5), "now");
        assert_eq!(ago(60), "1 minute ago");
        assert_eq!(ago(7200), "2 hours ago");
        assert_eq!(ago(86_400 * 2), "2 days ago");
        assert_eq!(ago(86_400 * 30), "Wed 21 Oct 2026");
    }

    #[test]
    fn things_are_counted() {
        assert_eq!(count(1_u32, "ticket", "tickets"), "1 ticket");
        assert_eq!(count(0_u32, "ticket", "tickets"), "0 tickets");
    }
}
