//! Orders: found, locked, and saved together with their units and their facts.

use super::{
    resale,
    row::{OrderRow, ShowRow, order_columns, show_columns},
    units::{self, Places, Want},
};
use crate::order::{Changed, Order};
use contracts::{
    Timestamp,
    ids::{ListingId, OrderId, PaymentId, ShowId, UnitId, UserId},
    shows::ShowSummary,
};
use events::{
    Fact,
    orders::OrderFact,
    outbox::{self, PublishError},
};
use sqlx::{PgConnection, PgTransaction, types::Json};

/// An order with what its view needs beside it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) order: Order,
    pub(crate) show: ShowSummary,
    pub(crate) now: Timestamp,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    order: OrderRow,
    #[sqlx(flatten)]
    show: ShowRow,
    now: Timestamp,
}

impl TryFrom<FoundRow> for Found {
    type Error = sqlx::Error;

    fn try_from(row: FoundRow) -> sqlx::Result<Self> {
        Ok(Self { order: row.order.try_into()?, show: row.show.into(), now: row.now })
    }
}

/// One of the buyer's own orders.
pub(crate) async fn find_own(
    connection: &mut PgConnection,
    id: OrderId,
    buyer: UserId,
) -> sqlx::Result<Option<Found>> {
    let row: Option<FoundRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        ", ",
        show_columns!(),
        ", clock_timestamp() AS now FROM orders o JOIN shows s ON s.id = o.show_id \
         WHERE o.id = $1 AND o.buyer = $2"
    ))
    .bind(id)
    .bind(buyer)
    .fetch_optional(connection)
    .await?;
    row.map(Found::try_from).transpose()
}

/// The buyer's own orders before `before`, the newest first.
pub(crate) async fn list_own(
    connection: &mut PgConnection,
    buyer: UserId,
    before: Option<OrderId>,
    limit: i64,
) -> sqlx::Result<Vec<Found>> {
    let rows: Vec<FoundRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        ", ",
        show_columns!(),
        ", clock_timestamp() AS now FROM orders o JOIN shows s ON s.id = o.show_id \
         WHERE o.buyer = $1 AND ($2::uuid IS NULL OR o.id < $2) ORDER BY o.id DESC LIMIT $3"
    ))
    .bind(buyer)
    .bind(before)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Found::try_from).collect()
}

/// Locks one order, waiting for whoever has it.
pub(crate) async fn lock(connection: &mut PgConnection, id: OrderId) -> sqlx::Result<Option<Order>> {
    let row: Option<OrderRow> =
        sqlx::query_as(concat!("SELECT ", order_columns!(), " FROM orders o WHERE o.id = $1 FOR UPDATE"))
            .bind(id)
            .fetch_optional(connection)
            .await?;
    row.map(Order::try_from).transpose()
}

/// Locks the buyer's orders that await payment.
pub(crate) async fn lock_awaiting_of(
    connection: &mut PgConnection,
    buyer: UserId,
) -> sqlx::Result<Vec<Order>> {
    let rows: Vec<OrderRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        " FROM orders o WHERE o.buyer = $1 AND o.status = 'awaiting_payment' ORDER BY o.id FOR UPDATE"
    ))
    .bind(buyer)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// Locks orders that still hold units that are wanted although their time is over; a few more or fewer than
/// needed. Never waits: an order that is locked is being paid or cancelled at this moment.
pub(crate) async fn lock_expired_holding(
    connection: &mut PgConnection,
    wants: &[Want],
) -> sqlx::Result<Vec<Order>> {
    let places = Places::of(wants);
    let missing: usize = wants.iter().map(Want::count).sum();
    let rows: Vec<OrderRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        " FROM orders o WHERE o.status = 'awaiting_payment' AND o.expires_at <= clock_timestamp() \
         AND EXISTS (\
            SELECT FROM units u JOIN unnest($1::uuid[], $2::text[]) AS w (listing_id, seat) \
            ON w.listing_id = u.listing_id AND (w.seat IS NULL OR w.seat = u.seat) \
            WHERE u.order_id = o.id\
         ) \
         ORDER BY o.expires_at, o.id LIMIT $3 FOR UPDATE OF o SKIP LOCKED"
    ))
    .bind(places.listings)
    .bind(places.seats)
    .bind(i64::try_from(missing).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// Locks orders whose hold ran out more than a second ago: their own deadlines were late.
pub(crate) async fn lock_overdue(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<Order>> {
    let rows: Vec<OrderRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        " FROM orders o WHERE o.status = 'awaiting_payment' \
         AND o.expires_at <= clock_timestamp() - interval '1 second' \
         ORDER BY o.expires_at, o.id LIMIT $1 FOR UPDATE SKIP LOCKED"
    ))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// Locks orders of a cancelled show that must still be cancelled or refunded.
pub(crate) async fn lock_of_cancelled_show(
    connection: &mut PgConnection,
    show: ShowId,
    limit: i64,
) -> sqlx::Result<Vec<Order>> {
    let rows: Vec<OrderRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        " FROM orders o WHERE o.show_id = $1 \
         AND (o.status = 'awaiting_payment' OR (o.status = 'complete' AND NOT o.refund_requested)) \
         ORDER BY o.id LIMIT $2 FOR UPDATE"
    ))
    .bind(show)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// The orders database's clock: the one that judges holds. Ask it after the lock.
pub(crate) async fn clock(connection: &mut PgConnection) -> sqlx::Result<Timestamp> {
    let (now,) = sqlx::query_as("SELECT clock_timestamp()").fetch_one(connection).await?;
    Ok(now)
}

/// Stores a new order and its claim on units that its transaction has taken. `None` where the buyer is banned:
/// the last fence, for a request that was checked before the ban and is stored after it.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    placed: &Changed,
    key: &str,
    request: &serde_json::Value,
) -> sqlx::Result<Option<()>> {
    let order = &placed.order;
    let units: Vec<UnitId> =
        order.items.iter().flat_map(|item| item.units.iter().map(|unit| unit.unit)).collect();
    let listings: Vec<ListingId> = order.items.iter().map(|item| item.listing).collect();
    let inserted = sqlx::query(
        r"
        WITH placed AS (
            INSERT INTO orders (id, buyer, show_id, status, total, fee, currency, items, hold_seconds,
                expires_at, placed_at, version, idempotency_key, request)
            SELECT $1, $2, $3, 'awaiting_payment', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
            WHERE NOT EXISTS (SELECT FROM users WHERE id = $2 AND banned)
            RETURNING id
        ),
        claimed AS (
            INSERT INTO order_units (order_id, unit_id)
            SELECT placed.id, unit FROM placed CROSS JOIN unnest($14::uuid[]) AS unit
        )
        INSERT INTO dirty_listings (listing_id)
        SELECT listing FROM placed CROSS JOIN unnest($15::uuid[]) AS listing
        ",
    )
    .bind(order.id)
    .bind(order.buyer)
    .bind(order.show)
    .bind(order.total.amount)
    .bind(order.fee.amount)
    .bind(order.total.currency.code())
    .bind(Json(&order.items))
    .bind(order.hold_seconds.cast_signed())
    .bind(order.expires_at)
    .bind(order.placed_at)
    .bind(order.version)
    .bind(key)
    .bind(request)
    .bind(&units)
    .bind(&listings)
    .execute(connection)
    .await?;
    Ok((inserted.rows_affected() > 0).then_some(()))
}

/// Saves what locked orders have become: their rows, their units and their facts, in the order given.
pub(crate) async fn save(tx: &mut PgTransaction<'_>, changes: &[Changed]) -> Result<(), PublishError> {
    let (mut ended, mut refunded) = (Vec::new(), Vec::new());
    for change in changes {
        update(tx, change).await?;
        match change.fact {
            OrderFact::Cancelled => ended.push(change.order.id),
            OrderFact::Refunded => refunded.push(change.order.id),
            OrderFact::Confirming => units::commit(tx, change.order.id).await?,
            OrderFact::Completed => units::sell(tx, change.order.id).await?,
            OrderFact::Placed
            | OrderFact::AuthorizationRefused
            | OrderFact::PartlyRefunded
            | OrderFact::RefundRequested => {}
        }
        outbox::publish(tx, change.fact, &change.snapshot()).await?;
        metrics::counter!("order_facts_total", "fact" => change.fact.as_str()).increment(1);
    }
    if !refunded.is_empty() {
        resale::keep_resold(tx, &refunded).await?;
        ended.append(&mut refunded);
    }
    if !ended.is_empty() {
        units::release(tx, &ended).await?;
    }
    Ok(())
}

async fn update(connection: &mut PgConnection, change: &Changed) -> sqlx::Result<()> {
    let order = &change.order;
    let updated = sqlx::query(
        r"
        UPDATE orders
        SET status = $3, cancel_reason = $4, payment = $5, refund_requested = $6, refunded = $7, version = $2
        WHERE id = $1 AND version = $2 - 1
        ",
    )
    .bind(order.id)
    .bind(order.version)
    .bind(order.status().as_str())
    .bind(order.cancel_reason().map(contracts::orders::CancelReason::as_str))
    .bind(order.payment())
    .bind(order.is_refund_requested())
    .bind(order.refunded.amount)
    .execute(connection)
    .await?;
    // The row is locked, so only a defect can have changed it.
    if updated.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// Notes the one answer that a payment gets; false where it has one.
pub(crate) async fn answer_once(
    connection: &mut PgConnection,
    payment: PaymentId,
    order: OrderId,
    answer: &'static str,
) -> sqlx::Result<bool> {
    let noted = sqlx::query(
        r"
        INSERT INTO payment_answers (payment_id, order_id, answer) VALUES ($1, $2, $3)
        ON CONFLICT (payment_id) DO NOTHING
        ",
    )
    .bind(payment)
    .bind(order)
    .bind(answer)
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() == 1)
}
