//! SQL: functions on the connection of the one transaction that a handler opens.

pub(crate) mod ban_effects;
pub(crate) mod check_ins;
pub(crate) mod facts;
pub(crate) mod idempotency;
pub(crate) mod listing_views;
pub(crate) mod listings;
pub(crate) mod show_cards;
pub(crate) mod shows;
pub(crate) mod stock;
pub(crate) mod ticket_views;
pub(crate) mod tickets;
pub(crate) mod users;

use contracts::{Currency, Money, shows::Venue};
use sqlx::{Row, postgres::PgRow};
use std::{error::Error, str::FromStr};

/// A word of a closed list.
fn word<T>(row: &PgRow, column: &'static str) -> sqlx::Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text: String = row.try_get(column)?;
    text.parse().map_err(|error| decode(column, error))
}

/// A number that is never negative.
fn count(row: &PgRow, column: &'static str) -> sqlx::Result<u32> {
    let number: i32 = row.try_get(column)?;
    u32::try_from(number).map_err(|error| decode(column, error))
}

/// An amount in the row's currency.
fn money(row: &PgRow, column: &'static str) -> sqlx::Result<Money> {
    let currency: Currency = word(row, "currency")?;
    Ok(Money::new(row.try_get(column)?, currency))
}

/// Where the row's show takes place.
fn venue(row: &PgRow) -> sqlx::Result<Venue> {
    Ok(Venue {
        name: row.try_get("venue_name")?,
        address: row.try_get("venue_address")?,
        city: row.try_get("venue_city")?,
        country: row.try_get("venue_country")?,
        timezone: row.try_get("venue_timezone")?,
    })
}

/// A number for a column of type integer; what does not fit was checked before.
fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn decode(column: &'static str, error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) }
}
