//! SQL: functions on the connection of the one transaction that a handler, consumer or job opens.
//!
//! Rows are locked in one order everywhere: order, payment, refund.

pub(crate) mod copies;
pub(crate) mod ledger;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod provider_events;
pub(crate) mod refunds;
pub(crate) mod requests;

use contracts::{Currency, Money};
use sqlx::{Row, postgres::PgRow};
use std::{error::Error, str::FromStr};

/// A word of a closed list.
fn word<T>(row: &PgRow, column: &'static str) -> sqlx::Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text: String = row.try_get(column)?;
    text.parse().map_err(|error| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::<dyn Error + Send + Sync>::from(error),
    })
}

/// An amount in the row's currency.
fn money(row: &PgRow, column: &'static str) -> sqlx::Result<Money> {
    let currency: Currency = word(row, "currency")?;
    Ok(Money::new(row.try_get(column)?, currency))
}

/// Which unique rule an insert broke, if that is why it failed.
pub(crate) fn broken_rule(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}
