//! Reading the copy of orders.

use super::{money, word};
use contracts::{
    Money, Timestamp,
    ids::{OrderId, UserId},
    orders::{CancelReason, OrderStatus},
};
use events::orders::OrderItem;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow, types::Json};

/// An order as far as its payment is concerned.
#[derive(Clone, Debug)]
pub(crate) struct OrderCopy {
    pub(crate) id: OrderId,
    pub(crate) buyer: UserId,
    pub(crate) status: OrderStatus,
    pub(crate) cancel_reason: Option<CancelReason>,
    pub(crate) total: Money,
    pub(crate) items: Vec<OrderItem>,
    pub(crate) expires_at: Timestamp,
}

impl FromRow<'_, PgRow> for OrderCopy {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let cancel_reason: Option<String> = row.try_get("cancel_reason")?;
        let items: Json<Vec<OrderItem>> = row.try_get("items")?;
        Ok(Self {
            id: row.try_get("id")?,
            buyer: row.try_get("buyer")?,
            status: word(row, "status")?,
            cancel_reason: cancel_reason.and_then(|reason| reason.parse().ok()),
            total: money(row, "total")?,
            items: items.0,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

impl OrderCopy {
    /// Does the user sell all of it?
    pub(crate) fn is_sold_by(&self, user: UserId) -> bool {
        !self.items.is_empty() && self.items.iter().all(|item| item.seller == user)
    }

    /// Does the user sell some of it?
    pub(crate) fn is_partly_sold_by(&self, user: UserId) -> bool {
        self.items.iter().any(|item| item.seller == user)
    }
}

/// An order.
pub(crate) async fn find(connection: &mut PgConnection, id: OrderId) -> sqlx::Result<Option<OrderCopy>> {
    sqlx::query_as(
        r"
        SELECT id, buyer, status, cancel_reason, total, currency, items, expires_at FROM orders WHERE id = $1
        ",
    )
    .bind(id)
    .fetch_optional(connection)
    .await
}

/// The buyer's own order, locked: attempts to pay for it begin one after the other.
pub(crate) async fn lock_own(
    connection: &mut PgConnection,
    id: OrderId,
    buyer: UserId,
) -> sqlx::Result<Option<OrderCopy>> {
    sqlx::query_as(
        r"
        SELECT id, buyer, status, cancel_reason, total, currency, items, expires_at FROM orders
        WHERE id = $1 AND buyer = $2 FOR NO KEY UPDATE
        ",
    )
    .bind(id)
    .bind(buyer)
    .fetch_optional(connection)
    .await
}

/// Is the order known here?
pub(crate) async fn is_known(connection: &mut PgConnection, id: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM orders WHERE id = $1)")
        .bind(id)
        .fetch_one(connection)
        .await
}

/// Has somebody bought a ticket of this order from its buyer, or is about to? Then its place is theirs, and what was
/// paid for it first cannot go back while they have it.
pub(crate) async fn is_resold(connection: &mut PgConnection, id: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r"
        SELECT EXISTS (
            SELECT FROM orders
            WHERE items @> jsonb_build_array(jsonb_build_object('resale_order', $1::text))
                AND (status IN ('confirming', 'complete')
                    OR (status = 'awaiting_payment' AND expires_at > clock_timestamp()))
        )
        ",
    )
    .bind(id.to_string())
    .fetch_one(connection)
    .await
}
