//! What is left of listings. A hold that ran out counts: it may be taken over.
//!
//! Asked of the few free units and the few expired orders, never of all that was sold.

use super::units::{Want, WantedUnits};
use contracts::ids::ListingId;
use sqlx::PgConnection;

/// Is there as much as is wanted? Locks nothing, and counts no further than is wanted.
pub(crate) async fn is_enough(connection: &mut PgConnection, wants: &[Want]) -> sqlx::Result<bool> {
    let (mut listings, mut counts) = (Vec::new(), Vec::new());
    for want in wants {
        match &want.units {
            WantedUnits::Any(count) => {
                listings.push(want.listing);
                counts.push(i64::from(*count));
            }
            WantedUnits::Seats(seats) => {
                if !are_open(connection, want.listing, seats).await? {
                    return Ok(false);
                }
            }
        }
    }
    if listings.is_empty() {
        return Ok(true);
    }
    sqlx::query_scalar(
        r"
        SELECT bool_and(
            CASE WHEN free.count >= w.count THEN true ELSE free.count + (
                SELECT count(*) FROM orders o JOIN units u ON u.order_id = o.id
                WHERE o.status = 'awaiting_payment' AND o.expires_at <= clock_timestamp()
                    AND u.listing_id = w.listing_id
            ) >= w.count END
        )
        FROM unnest($1::uuid[], $2::bigint[]) AS w (listing_id, count)
        CROSS JOIN LATERAL (
            SELECT count(*) AS count FROM (
                SELECT FROM units u WHERE u.listing_id = w.listing_id AND u.state = 'free' LIMIT w.count
            ) open
        ) free
        ",
    )
    .bind(listings)
    .bind(counts)
    .fetch_one(connection)
    .await
}

/// Can all of these seats be held?
async fn are_open(connection: &mut PgConnection, listing: ListingId, seats: &[String]) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r"
        SELECT count(*) = cardinality($2::text[])
        FROM units u LEFT JOIN orders o ON u.state = 'held' AND o.id = u.order_id
        WHERE u.listing_id = $1 AND u.seat = ANY($2)
            AND (u.state = 'free' OR (u.state = 'held' AND o.expires_at <= clock_timestamp()))
        ",
    )
    .bind(listing)
    .bind(seats)
    .fetch_one(connection)
    .await
}

/// How much of a listing can be held.
pub(crate) async fn of(connection: &mut PgConnection, listing: ListingId) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        r"
        SELECT (SELECT count(*) FROM units WHERE listing_id = $1 AND state = 'free') + (
            SELECT count(*) FROM orders o JOIN units u ON u.order_id = o.id
            WHERE o.status = 'awaiting_payment' AND o.expires_at <= clock_timestamp() AND u.listing_id = $1
        )
        ",
    )
    .bind(listing)
    .fetch_one(connection)
    .await
}

/// Which of these seats the listing does not have.
pub(crate) async fn unknown_seats(
    connection: &mut PgConnection,
    listing: ListingId,
    seats: &[String],
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        r"
        SELECT w.seat FROM unnest($2::text[]) AS w (seat)
        WHERE NOT EXISTS (
            SELECT FROM units u WHERE u.listing_id = $1 AND u.seat = w.seat AND u.state <> 'withdrawn'
        )
        ",
    )
    .bind(listing)
    .bind(seats)
    .fetch_all(connection)
    .await
}
