//! Rows of orders, and the orders that they stand for.

use crate::order::{Order, OrderState};
use contracts::{
    Currency, Money, Timestamp,
    ids::{OrderId, PaymentId, ShowId, UserId},
    orders::{CancelReason, OrderStatus},
    shows::{ShowStatus, ShowSummary, Venue},
};
use events::orders::OrderItem;
use sqlx::types::Json;

/// The columns of [`OrderRow`], of a table that the statement calls `o`.
macro_rules! order_columns {
    () => {
        "o.id, o.buyer, o.show_id, o.status, o.cancel_reason, o.total, o.fee, o.currency, o.items, \
         o.hold_seconds, o.expires_at, o.payment, o.refund_requested, o.refunded, o.placed_at, o.version"
    };
}
/// The columns of [`ShowRow`], of a table that the statement calls `s`.
macro_rules! show_columns {
    () => {
        "s.id AS summary_id, s.title, s.starts_at, s.doors_at, s.venue, s.status AS show_status"
    };
}
pub(crate) use {order_columns, show_columns};

/// An order as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct OrderRow {
    id: OrderId,
    buyer: UserId,
    show_id: ShowId,
    #[sqlx(try_from = "String")]
    status: OrderStatus,
    cancel_reason: Option<String>,
    total: i64,
    fee: i64,
    #[sqlx(try_from = "String")]
    currency: Currency,
    items: Json<Vec<OrderItem>>,
    hold_seconds: i32,
    expires_at: Timestamp,
    payment: Option<PaymentId>,
    refund_requested: bool,
    refunded: i64,
    placed_at: Timestamp,
    version: i64,
}

/// What a show is called and where it is.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ShowRow {
    summary_id: ShowId,
    title: String,
    starts_at: Timestamp,
    doors_at: Timestamp,
    venue: Json<Venue>,
    #[sqlx(try_from = "String")]
    show_status: ShowStatus,
}

/// The row contradicts itself: only a defect or a hand in the database can make such a one.
#[derive(Debug, thiserror::Error)]
#[error("order {0} is stored in a state that does not exist")]
struct Corrupt(OrderId);

impl TryFrom<OrderRow> for Order {
    type Error = sqlx::Error;

    fn try_from(row: OrderRow) -> Result<Self, sqlx::Error> {
        let state = state(&row).ok_or_else(|| sqlx::Error::Decode(Box::new(Corrupt(row.id))))?;
        Ok(Self {
            id: row.id,
            buyer: row.buyer,
            show: row.show_id,
            items: row.items.0,
            total: Money::new(row.total, row.currency),
            fee: Money::new(row.fee, row.currency),
            refunded: Money::new(row.refunded, row.currency),
            hold_seconds: row.hold_seconds.unsigned_abs(),
            expires_at: row.expires_at,
            placed_at: row.placed_at,
            state,
            version: row.version,
        })
    }
}

fn state(row: &OrderRow) -> Option<OrderState> {
    let payment = row.payment;
    Some(match row.status {
        OrderStatus::AwaitingPayment => OrderState::AwaitingPayment,
        OrderStatus::Confirming => OrderState::Confirming { payment: payment? },
        OrderStatus::Complete => OrderState::Complete { payment, refund_requested: row.refund_requested },
        OrderStatus::Cancelled => {
            let reason: CancelReason = row.cancel_reason.as_deref()?.parse().ok()?;
            OrderState::Cancelled { reason, payment }
        }
        OrderStatus::Refunded => OrderState::Refunded { payment },
    })
}

impl From<ShowRow> for ShowSummary {
    fn from(row: ShowRow) -> Self {
        Self {
            id: row.summary_id,
            title: row.title,
            starts_at: row.starts_at,
            doors_at: row.doors_at,
            venue: row.venue.0,
            status: row.show_status,
        }
    }
}
