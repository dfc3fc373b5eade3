//! Listings.

use super::{count, int, money, word};
use crate::{
    error::Error,
    listing::{Listing, Price},
};
use contracts::{
    ids::{ListingId, ShowId, UserId},
    shows::ShowStatus,
};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};

impl FromRow<'_, PgRow> for Listing {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            show: row.try_get("show_id")?,
            seller: row.try_get("seller")?,
            name: row.try_get("name")?,
            price: Price { total: money(row, "price_amount")?, fee: money(row, "fee_amount")? },
            quantity: count(row, "quantity")?,
            seats: row.try_get("seats")?,
            max_per_order: count(row, "max_per_order")?,
            sale_starts_at: row.try_get("sale_starts_at")?,
            sale_ends_at: row.try_get("sale_ends_at")?,
            hidden_by_seller: row.try_get("hidden_by_seller")?,
            hidden_by_ban: row.try_get("hidden_by_ban")?,
            withdrawn: row.try_get("withdrawn")?,
            announced: row.try_get("announced")?,
            resale_of: row.try_get("resale_of")?,
            version: row.try_get("version")?,
        })
    }
}

/// The show and the seller of a listing: what must be locked before it.
pub(crate) async fn owners(db: &mut PgConnection, id: ListingId) -> sqlx::Result<Option<(ShowId, UserId)>> {
    sqlx::query_as("SELECT show_id, seller FROM listings WHERE id = $1").bind(id).fetch_optional(db).await
}

/// The listing, for a change.
pub(crate) async fn lock(db: &mut PgConnection, id: ListingId) -> sqlx::Result<Option<Listing>> {
    sqlx::query_as("SELECT * FROM listings WHERE id = $1 FOR NO KEY UPDATE").bind(id).fetch_optional(db).await
}

/// Every listing of a show that has not ended, for a change.
pub(crate) async fn lock_of_show(db: &mut PgConnection, show: ShowId) -> sqlx::Result<Vec<Listing>> {
    sqlx::query_as(
        "SELECT * FROM listings WHERE show_id = $1 AND NOT withdrawn ORDER BY id FOR NO KEY UPDATE",
    )
    .bind(show)
    .fetch_all(db)
    .await
}

/// Every listing of a seller that has not ended, with the status of its show, for a change.
pub(crate) async fn lock_of_seller(
    db: &mut PgConnection,
    seller: UserId,
) -> sqlx::Result<Vec<(Listing, ShowStatus)>> {
    sqlx::query(
        r"
        SELECT l.*, s.status AS show_status FROM listings l JOIN shows s ON s.id = l.show_id
        WHERE l.seller = $1 AND NOT l.withdrawn ORDER BY l.id FOR NO KEY UPDATE OF l
        ",
    )
    .bind(seller)
    .try_map(|row: PgRow| Ok((Listing::from_row(&row)?, word(&row, "show_status")?)))
    .fetch_all(db)
    .await
}

/// A new listing, unless its seller is banned.
pub(crate) async fn insert(db: &mut PgConnection, listing: &Listing) -> Result<(), Error> {
    let inserted = sqlx::query(
        r"
        INSERT INTO listings (
            id, show_id, seller, kind, name, price_amount, fee_amount, currency, quantity, seats, max_per_order,
            sale_starts_at, sale_ends_at, hidden_by_seller, hidden_by_ban, withdrawn, announced, resale_of, version
        )
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = $3 AND banned)
        ",
    )
    .bind(listing.id)
    .bind(listing.show)
    .bind(listing.seller)
    .bind(listing.kind().as_str())
    .bind(&listing.name)
    .bind(listing.price.total.amount)
    .bind(listing.price.fee.amount)
    .bind(listing.price.total.currency.code())
    .bind(int(listing.quantity))
    .bind(&listing.seats)
    .bind(int(listing.max_per_order))
    .bind(listing.sale_starts_at)
    .bind(listing.sale_ends_at)
    .bind(listing.hidden_by_seller)
    .bind(listing.hidden_by_ban)
    .bind(listing.withdrawn)
    .bind(listing.announced)
    .bind(listing.resale_of)
    .bind(listing.version)
    .execute(db)
    .await?;
    match inserted.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::Banned),
    }
}

/// Stores the next version of a locked listing.
pub(crate) async fn update(db: &mut PgConnection, listing: &Listing) -> Result<(), Error> {
    let updated = sqlx::query(
        r"
        UPDATE listings SET
            name = $3, price_amount = $4, fee_amount = $5, quantity = $6, max_per_order = $7,
            sale_starts_at = $8, sale_ends_at = $9, hidden_by_seller = $10, hidden_by_ban = $11,
            withdrawn = $12, announced = $13, version = $2
        WHERE id = $1 AND version = $2 - 1
        ",
    )
    .bind(listing.id)
    .bind(listing.version)
    .bind(&listing.name)
    .bind(listing.price.total.amount)
    .bind(listing.price.fee.amount)
    .bind(int(listing.quantity))
    .bind(int(listing.max_per_order))
    .bind(listing.sale_starts_at)
    .bind(listing.sale_ends_at)
    .bind(listing.hidden_by_seller)
    .bind(listing.hidden_by_ban)
    .bind(listing.withdrawn)
    .bind(listing.announced)
    .execute(db)
    .await?;
    match updated.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::LostUpdate("a listing")),
    }
}
