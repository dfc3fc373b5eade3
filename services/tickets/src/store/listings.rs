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
            resale_order: row.try_get("resale_order")?,
            resale_unit: row.try_get("resale_unit")?,
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

/// How many listings of its organiser a show has that have not ended.
pub(crate) async fn count_primary(db: &mut PgConnection, show: ShowId) -> sqlx::Result<usize> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM listings WHERE show_id = $1 AND kind = 'primary' AND NOT withdrawn",
    )
    .bind(show)
    .fetch_one(db)
    .await?;
    Ok(usize::try_from(count).unwrap_or_default())
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
            sale_starts_at, sale_ends_at, hidden_by_seller, hidden_by_ban, withdrawn, announced, resale_of,
            resale_order, resale_unit, version
        )
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21
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
    .bind(listing.resale_order)
    .bind(listing.resale_unit)
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
    update_all(db, &[listing]).await
}

/// Stores the next versions of locked listings, in one statement.
pub(crate) async fn update_all(db: &mut PgConnection, listings: &[&Listing]) -> Result<(), Error> {
    let updated = sqlx::query(
        r"
        UPDATE listings l SET
            name = n.name, price_amount = n.price, fee_amount = n.fee, quantity = n.quantity,
            max_per_order = n.max_per_order, sale_starts_at = n.starts_at, sale_ends_at = n.ends_at,
            hidden_by_seller = n.hidden_by_seller, hidden_by_ban = n.hidden_by_ban, withdrawn = n.withdrawn,
            announced = n.announced, version = n.version
        FROM UNNEST(
            $1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::integer[], $7::integer[],
            $8::timestamptz[], $9::timestamptz[], $10::boolean[], $11::boolean[], $12::boolean[], $13::boolean[]
        ) AS n (
            id, version, name, price, fee, quantity, max_per_order,
            starts_at, ends_at, hidden_by_seller, hidden_by_ban, withdrawn, announced
        )
        WHERE l.id = n.id AND l.version = n.version - 1
        ",
    )
    .bind(column(listings, |it| it.id))
    .bind(column(listings, |it| it.version))
    .bind(column(listings, |it| it.name.clone()))
    .bind(column(listings, |it| it.price.total.amount))
    .bind(column(listings, |it| it.price.fee.amount))
    .bind(column(listings, |it| int(it.quantity)))
    .bind(column(listings, |it| int(it.max_per_order)))
    .bind(column(listings, |it| it.sale_starts_at))
    .bind(column(listings, |it| it.sale_ends_at))
    .bind(column(listings, |it| it.hidden_by_seller))
    .bind(column(listings, |it| it.hidden_by_ban))
    .bind(column(listings, |it| it.withdrawn))
    .bind(column(listings, |it| it.announced))
    .execute(db)
    .await?;
    if updated.rows_affected() == listings.len() as u64 {
        Ok(())
    } else {
        Err(Error::LostUpdate("a listing"))
    }
}

/// One value of each listing, for a column of a statement.
fn column<T>(listings: &[&Listing], of: impl Fn(&Listing) -> T) -> Vec<T> {
    listings.iter().map(|listing| of(listing)).collect()
}
