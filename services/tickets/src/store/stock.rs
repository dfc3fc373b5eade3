//! The copy of orders' stock figures.

use super::int;
use events::orders::ListingStock;
use sqlx::PgConnection;

/// Takes figures that are newer than those known.
pub(crate) async fn copy(db: &mut PgConnection, stock: &ListingStock) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO stock (listing_id, show_id, total, held, sold, free, taken_seats, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (listing_id) DO UPDATE SET
            show_id = excluded.show_id, total = excluded.total, held = excluded.held, sold = excluded.sold,
            free = excluded.free, taken_seats = excluded.taken_seats, version = excluded.version
        WHERE stock.version < excluded.version
        ",
    )
    .bind(stock.listing)
    .bind(stock.show)
    .bind(int(stock.stock.total))
    .bind(int(stock.stock.held))
    .bind(int(stock.stock.sold))
    .bind(int(stock.stock.free))
    .bind(&stock.taken_seats)
    .bind(stock.version)
    .execute(db)
    .await?;
    Ok(())
}
