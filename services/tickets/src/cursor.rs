//! Cursors of lists: opaque to callers, the sort key of the last item to us.

use crate::{error::Error, store::ticket_views::Place};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Datelike;
use contracts::{Timestamp, ids::ShowId, shows::ShowCard, validate::is_in_range};

/// Where the next page of shows begins.
pub(crate) fn of_show(show: &ShowCard) -> String {
    seal(&format!("{} {}", show.starts_at.timestamp_micros(), show.id))
}

/// Reads [`of_show`].
pub(crate) fn show(cursor: &str) -> Result<(Timestamp, ShowId), Error> {
    let read = || {
        let text = open(cursor)?;
        let (micros, id) = text.split_once(' ')?;
        Some((instant(micros)?, id.parse().ok()?))
    };
    read().ok_or(Error::Query("cursor is none of ours"))
}

/// Where the next page of tickets begins.
pub(crate) fn of_ticket(place: &Place) -> String {
    let Place { now, past, distance_us, id } = place;
    seal(&format!("{} {past} {distance_us} {id}", now.timestamp_micros()))
}

/// Reads [`of_ticket`].
pub(crate) fn ticket(cursor: &str) -> Result<Place, Error> {
    let read = || {
        let text = open(cursor)?;
        let mut parts = text.split(' ');
        let (now, past, distance_us, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Place {
            now: instant(now)?,
            past: past.parse().ok()?,
            distance_us: distance_us.parse().ok()?,
            id: id.parse().ok()?,
        })
    };
    read().ok_or(Error::Query("cursor is none of ours"))
}

/// A forged cursor must not name an instant that the database does not know.
fn instant(micros: &str) -> Option<Timestamp> {
    Timestamp::from_timestamp_micros(micros.parse().ok()?).filter(|instant| is_in_range(instant.year()))
}

fn seal(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn open(cursor: &str) -> Option<String> {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn a_forged_instant_is_refused() {
        for micros in [-1, 7_300_000_000_000_000, i64::MIN, i64::MAX] {
            let id = Uuid::nil();
            assert!(show(&seal(&format!("{micros} {id}"))).is_err());
            assert!(ticket(&seal(&format!("{micros} true 1 {id}"))).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_place_is_read_back(
            micros in 0_i64..7_289_654_400_000_000,
            past: bool,
            distance_us: i64,
            id: u128,
        ) {
            let now = Timestamp::from_timestamp_micros(micros).unwrap();
            let place = Place { now, past, distance_us, id: Uuid::from_u128(id).into() };
            prop_assert_eq!(ticket(&of_ticket(&place)).unwrap(), place);
        }

        #[test]
        fn no_text_is_too_strange(text: String) {
            prop_assert!(ticket(&text).is_err() && show(&text).is_err());
        }
    }
}
