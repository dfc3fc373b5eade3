//! Places that are sold on: a resale listing has a unit of its own, which stands for the unit of an earlier order.
//!
//! The place is one, so the earlier unit is not free before the later one is. What decides is read under a lock
//! of the earlier order: its refund waits for who is buying, or who is buying sees the refund.

use contracts::ids::{OrderId, UnitId};
use sqlx::PgConnection;

/// Whether the orders stand whose tickets are for resale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origins {
    /// All of them do, and cannot end before this transaction does.
    Stand,
    /// The money of one goes back: what it bought cannot be sold on.
    Ended,
    /// Somebody has one locked at this moment.
    Busy,
}

/// Keeps the orders that resold tickets came from as they are, for who takes their units. Never waits, so that no
/// two transactions can wait for each other.
pub(crate) async fn pin_origins(connection: &mut PgConnection, origins: &[OrderId]) -> sqlx::Result<Origins> {
    let standing: Vec<bool> = sqlx::query_scalar(
        r"
        SELECT status = 'complete' AND NOT refund_requested FROM orders
        WHERE id = ANY($1) FOR SHARE SKIP LOCKED
        ",
    )
    .bind(origins)
    .fetch_all(connection)
    .await?;
    if standing.contains(&false) {
        return Ok(Origins::Ended);
    }
    Ok(if standing.len() == origins.len() { Origins::Stand } else { Origins::Busy })
}

/// Waits for the orders that an order's tickets came from. To be called before the order itself is locked: they
/// are older, and orders are locked from the oldest to the newest.
pub(crate) async fn lock_origins(connection: &mut PgConnection, order: OrderId) -> sqlx::Result<()> {
    sqlx::query(
        r"
        SELECT id FROM orders
        WHERE id IN (
            SELECT l.resale_order FROM order_units claim
            JOIN units u ON u.id = claim.unit_id JOIN listings l ON l.id = u.listing_id
            WHERE claim.order_id = $1
        )
        ORDER BY id FOR SHARE
        ",
    )
    .bind(order)
    .execute(connection)
    .await?;
    Ok(())
}

/// Does the money of an order go back, or has it, whose ticket this order resells?
pub(crate) async fn has_ended_origin(connection: &mut PgConnection, order: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r"
        SELECT EXISTS (
            SELECT FROM order_units claim
            JOIN units u ON u.id = claim.unit_id JOIN listings l ON l.id = u.listing_id
            JOIN orders origin ON origin.id = l.resale_order
            WHERE claim.order_id = $1 AND (origin.status <> 'complete' OR origin.refund_requested)
        )
        ",
    )
    .bind(order)
    .fetch_one(connection)
    .await
}

/// Notes which units of refunded orders somebody else has bought or is buying: they are not to be let go.
pub(crate) async fn keep_resold(connection: &mut PgConnection, orders: &[OrderId]) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO resold_units (unit_id)
        SELECT u.id FROM units u
        WHERE u.order_id = ANY($1) AND EXISTS (
            SELECT FROM listings l JOIN units later ON later.listing_id = l.id
            WHERE l.resale_unit = u.id AND later.state IN ('held', 'committed', 'sold')
        )
        ON CONFLICT DO NOTHING
        ",
    )
    .bind(orders)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets kept units that nobody has any more. Gives their orders, whose units can be let go now.
pub(crate) async fn take_returned(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<OrderId>> {
    let units: Vec<UnitId> = sqlx::query_scalar(
        r"
        DELETE FROM resold_units WHERE unit_id IN (
            SELECT kept.unit_id FROM resold_units kept
            WHERE NOT EXISTS (
                SELECT FROM listings l JOIN units later ON later.listing_id = l.id
                WHERE l.resale_unit = kept.unit_id AND later.state IN ('held', 'committed', 'sold')
            )
            ORDER BY kept.unit_id LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        RETURNING unit_id
        ",
    )
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query_scalar("SELECT DISTINCT order_id FROM units WHERE id = ANY($1) AND order_id IS NOT NULL")
        .bind(units)
        .fetch_all(connection)
        .await
}
