//! Reading the filters of admins' lists.

use crate::error::Error;
use chrono::{NaiveTime, TimeDelta};
use contracts::{Timestamp, shows::When};
use std::str::FromStr;

/// What was given; a field of a form that was left empty asks nothing.
pub(super) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A word of a closed list, an id, or whatever else is read from text.
pub(super) fn word<T: FromStr>(text: Option<&str>, expected: &'static str) -> Result<Option<T>, Error> {
    given(text).map(|word| word.parse().map_err(|_| Error::Query(expected))).transpose()
}

/// The first instant and the one after the last: days in UTC, both included, or instants, the second excluded.
pub(super) fn span(
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Error> {
    const WHEN: &str = "from and to are days such as 2026-11-20, or instants such as 2026-11-20T19:30:00Z";
    let begins = word(from, WHEN)?.map(|when| begins_at(when, 0));
    Ok((begins, word(to, WHEN)?.map(|when| begins_at(when, 1))))
}

/// The instant, or the beginning of the day in UTC so many days later.
fn begins_at(when: When, days_later: i64) -> Timestamp {
    match when {
        When::At(instant) => instant,
        When::On(day) => {
            let begins = day.and_time(NaiveTime::MIN).and_utc();
            begins.checked_add_signed(TimeDelta::days(days_later)).unwrap_or(begins)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    #[test]
    fn days_are_whole_and_instants_are_instants() {
        let days = span(Some("2026-11-20"), Some("2026-11-20")).unwrap();
        assert_eq!(days, (at("2026-11-20T00:00:00Z"), at("2026-11-21T00:00:00Z")));
        let instants = span(Some("2026-11-20T10:00:00Z"), Some("2026-11-20T11:00:00Z")).unwrap();
        assert_eq!(instants, (at("2026-11-20T10:00:00Z"), at("2026-11-20T11:00:00Z")));
        assert_eq!(span(Some(" "), None).unwrap(), (None, None));
        assert!(span(Some("yesterday"), None).is_err());
    }
}
