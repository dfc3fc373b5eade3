//! Where another page of accounts begins: opaque to callers, without anybody's name.

use crate::{
    error::Error,
    store::user_search::{Key, Place},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Datelike;
use contracts::{
    Timestamp,
    auth::{AdminUserRow, UserSort},
    validate::is_in_range,
};
use std::{fmt, str::FromStr};

/// No cursor that we gave.
pub(super) const UNKNOWN: Error = Error::Query("cursor is none of ours");

/// On which side of an account the page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    After,
    Before,
}

/// The beginning of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) side: Side,
    pub(super) place: Place,
}

impl Cursor {
    /// The page on that side of an account.
    pub(super) fn at(side: Side, row: &AdminUserRow, by: UserSort) -> Self {
        let key = match by {
            UserSort::Registered => Key::At(row.created_at),
            UserSort::LastSeen => row.last_seen_at.map_or(Key::Never, Key::At),
            UserSort::Name => Key::Never,
        };
        Self { side, place: Place { key, id: row.id } }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::After => "after",
            Side::Before => "before",
        };
        let key = match &self.place.key {
            Key::At(at) => at.timestamp_micros().to_string(),
            Key::Never | Key::Name(_) => "never".to_owned(),
        };
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(format!("{side} {key} {}", self.place.id)))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(cursor: &str) -> Result<Self, Error> {
        let read = || {
            let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
            let mut parts = text.split(' ');
            let side = match parts.next()? {
                "after" => Side::After,
                "before" => Side::Before,
                _ => return None,
            };
            let key = match parts.next()? {
                "never" => Key::Never,
                micros => Key::At(instant(micros)?),
            };
            let id = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(Self { side, place: Place { key, id } })
        };
        read().ok_or(UNKNOWN)
    }
}

/// A forged cursor must not name an instant that the database does not know.
fn instant(micros: &str) -> Option<Timestamp> {
    Timestamp::from_timestamp_micros(micros.parse().ok()?).filter(|instant| is_in_range(instant.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(side: Side, key: Key) -> Cursor {
        Cursor { side, place: Place { key, id: service::new_id() } }
    }

    #[test]
    fn a_cursor_is_read_back() {
        let at = Timestamp::from_timestamp_micros(1_795_000_000_123_456).unwrap();
        for cursor in [cursor(Side::After, Key::At(at)), cursor(Side::Before, Key::Never)] {
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
    }

    #[test]
    fn a_forged_cursor_is_refused() {
        let id = uuid::Uuid::nil();
        for text in [
            String::new(),
            format!("after {id}"),
            format!("beside 0 {id}"),
            format!("after {} {id}", i64::MAX),
            format!("after -1 {id}"),
            format!("after 0 {id} more"),
        ] {
            assert!(BASE64_URL_SAFE_NO_PAD.encode(&text).parse::<Cursor>().is_err(), "{text}");
        }
        assert!("not base64!".parse::<Cursor>().is_err());
    }
}
