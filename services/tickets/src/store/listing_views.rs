//! Listings as they are answered: with the seller's name and the stock as far as it is known here.

use super::{count, money, show_cards::stock, word};
use contracts::{
    Timestamp,
    ids::{ListingId, ShowId, UserId},
    listings::{ListingView, SoldListing},
    shows::{Availability, ListingAvailability, PersonView},
};
use sqlx::{PgConnection, Row, postgres::PgRow};
use std::collections::HashMap;

/// Figures that orders has not told yet are those of a listing nothing was sold of.
macro_rules! views {
    ($filter:literal) => {
        concat!(
            r"
            SELECT l.*, COALESCE(u.name, '') AS seller_name,
                   COALESCE(k.total, fresh.units) AS total, COALESCE(k.held, 0) AS held,
                   COALESCE(k.sold, 0) AS sold, COALESCE(k.free, fresh.units) AS free,
                   COALESCE(k.taken_seats, '{}') AS taken_seats
            FROM listings l
            LEFT JOIN users u ON u.id = l.seller
            LEFT JOIN stock k ON k.listing_id = l.id
            CROSS JOIN LATERAL (SELECT CASE WHEN l.status = 'on_sale' THEN l.quantity ELSE 0 END AS units) fresh
            WHERE ",
            $filter
        )
    };
}

/// What a viewer may see of a show's listings: those on sale, and their own that are hidden or sold some.
pub(crate) async fn of_show(
    db: &mut PgConnection,
    show: ShowId,
    viewer: Option<UserId>,
) -> sqlx::Result<Vec<ListingView>> {
    sqlx::query(views!(
        r"
        l.show_id = $1
        AND (l.status = 'on_sale' OR l.seller = $2 AND (l.status = 'hidden' OR COALESCE(k.sold, 0) > 0))
        ORDER BY l.kind, l.id
        "
    ))
    .bind(show)
    .bind(viewer)
    .try_map(view)
    .fetch_all(db)
    .await
}

/// One listing.
pub(crate) async fn find(db: &mut PgConnection, id: ListingId) -> sqlx::Result<ListingView> {
    sqlx::query(views!("l.id = $1")).bind(id).try_map(view).fetch_one(db).await
}

/// What a seller offers and has offered before `before`, the newest first, each with its show.
pub(crate) async fn of_seller(
    db: &mut PgConnection,
    seller: UserId,
    before: Option<ListingId>,
    limit: i64,
) -> sqlx::Result<Vec<SoldListing>> {
    let listings: Vec<ListingView> =
        sqlx::query(views!("l.seller = $1 AND ($2::uuid IS NULL OR l.id < $2) ORDER BY l.id DESC LIMIT $3"))
            .bind(seller)
            .bind(before)
            .bind(limit)
            .try_map(view)
            .fetch_all(&mut *db)
            .await?;
    let ids: Vec<_> = listings.iter().map(|listing| listing.show_id.uuid()).collect();
    let shows: Vec<(ShowId, String, Timestamp, String)> =
        sqlx::query_as("SELECT id, title, starts_at, venue_timezone FROM shows WHERE id = ANY($1)")
            .bind(ids)
            .fetch_all(db)
            .await?;
    let shows: HashMap<_, _> =
        shows.into_iter().map(|(id, title, at, zone)| (id, (title, at, zone))).collect();
    // A listing has its show by a foreign key.
    let sold = |listing: ListingView| {
        let (show_title, show_starts_at, show_timezone) = shows.get(&listing.show_id).cloned()?;
        Some(SoldListing { listing, show_title, show_starts_at, show_timezone })
    };
    Ok(listings.into_iter().filter_map(sold).collect())
}

/// The stock of what is on sale for these shows.
pub(crate) async fn availability(db: &mut PgConnection, shows: &[ShowId]) -> sqlx::Result<Vec<Availability>> {
    let ids: Vec<_> = shows.iter().map(|show| show.uuid()).collect();
    let rows: Vec<(ShowId, ListingAvailability)> =
        sqlx::query(views!("l.show_id = ANY($1) AND l.status = 'on_sale' ORDER BY l.kind, l.id"))
            .bind(ids)
            .try_map(|row: PgRow| {
                let listing = ListingAvailability {
                    listing_id: row.try_get("id")?,
                    stock: stock(&row)?,
                    taken_seats: row.try_get("taken_seats")?,
                };
                Ok((row.try_get("show_id")?, listing))
            })
            .fetch_all(db)
            .await?;
    let of =
        |show: ShowId| rows.iter().filter(move |(of, _)| *of == show).map(|(_, listing)| listing.clone());
    Ok(shows.iter().map(|show| Availability { show_id: *show, listings: of(*show).collect() }).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that try_map wants")]
fn view(row: PgRow) -> sqlx::Result<ListingView> {
    Ok(ListingView {
        id: row.try_get("id")?,
        show_id: row.try_get("show_id")?,
        seller: PersonView { id: row.try_get("seller")?, name: row.try_get("seller_name")? },
        kind: word(&row, "kind")?,
        name: row.try_get("name")?,
        price: money(&row, "price_amount")?,
        fee: money(&row, "fee_amount")?,
        quantity: count(&row, "quantity")?,
        seats: row.try_get("seats")?,
        max_per_order: count(&row, "max_per_order")?,
        sale_starts_at: row.try_get("sale_starts_at")?,
        sale_ends_at: row.try_get("sale_ends_at")?,
        status: word(&row, "status")?,
        version: row.try_get("version")?,
        stock: stock(&row)?,
        taken_seats: row.try_get("taken_seats")?,
    })
}
