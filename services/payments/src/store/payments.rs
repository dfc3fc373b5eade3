//! Payments: rows, locks, and what is due at the provider.

use super::{money, word};
use crate::{
    error::Error,
    payment::{Payment, Wish, open::Question},
};
use contracts::{
    Timestamp,
    ids::{OrderId, PaymentId, UserId},
};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use std::time::Duration;

impl FromRow<'_, PgRow> for Payment {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let wish: Option<String> = row.try_get("wish")?;
        Ok(Self {
            id: row.try_get("id")?,
            order: row.try_get("order_id")?,
            buyer: row.try_get("buyer")?,
            key: row.try_get("provider_key")?,
            reference: row.try_get("provider_reference")?,
            method: row.try_get("method")?,
            amount: money(row, "amount")?,
            status: word(row, "status")?,
            challenge_url: row.try_get("challenge_url")?,
            wish: wish.and_then(|wish| [Wish::Capture, Wish::Void].into_iter().find(|w| w.as_str() == wish)),
            reserved: row.try_get("reserved")?,
            refunded: row.try_get("refunded")?,
            created_at: row.try_get("created_at")?,
            version: row.try_get("version")?,
        })
    }
}

/// The columns of a payment.
macro_rules! columns {
    () => {
        "id, order_id, buyer, provider_key, provider_reference, method, amount, currency, status, \
         challenge_url, wish, reserved, refunded, created_at, version"
    };
}

/// The number of the next attempt to pay for an order; the order must be locked.
pub(crate) async fn next_attempt(connection: &mut PgConnection, order: OrderId) -> sqlx::Result<i32> {
    sqlx::query_scalar("SELECT coalesce(max(attempt), 0) + 1 FROM payments WHERE order_id = $1")
        .bind(order)
        .fetch_one(connection)
        .await
}

/// How many attempts of a buyer that began after `since` were declined.
pub(crate) async fn count_declined(
    connection: &mut PgConnection,
    buyer: UserId,
    since: Timestamp,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT count(*) FROM payments WHERE buyer = $1 AND status = 'declined' AND created_at > $2",
    )
    .bind(buyer)
    .bind(since)
    .fetch_one(connection)
    .await
}

/// Writes a new attempt down. False where the buyer is banned.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    payment: &Payment,
    attempt: i32,
    key: &str,
    ask_in: Duration,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        r"
        INSERT INTO payments (id, order_id, buyer, attempt, provider_key, method, amount, currency, status,
            created_at, version, idempotency_key, next_ask_at, open_question, open_since)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp() + $13 * interval '1 ms',
            $14, clock_timestamp()
        WHERE NOT EXISTS (SELECT FROM users WHERE id = $3 AND banned)
        ",
    )
    .bind(payment.id)
    .bind(payment.order)
    .bind(payment.buyer)
    .bind(attempt)
    .bind(&payment.key)
    .bind(&payment.method)
    .bind(payment.amount.amount)
    .bind(payment.amount.currency.code())
    .bind(payment.status.as_str())
    .bind(payment.created_at)
    .bind(payment.version)
    .bind(key)
    .bind(millis(ask_in))
    .bind(payment.question().map(Question::as_str))
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Stores a changed payment, which must be locked. What is to be done at the provider is due after `ask_in`.
///
/// A question is as old as the first that was asked while the payment stood where it stands: a wish that comes while
/// the provider has not answered yet makes it no younger. Only what orders was asked ends with the wish.
pub(crate) async fn save(
    connection: &mut PgConnection,
    payment: &Payment,
    ask_in: Duration,
) -> Result<(), Error> {
    let saved = sqlx::query(
        r"
        UPDATE payments
        SET status = $3, provider_reference = $4, challenge_url = $5, wish = $6, reserved = $7, refunded = $8,
            version = $2, asks = 0,
            wished_at = CASE WHEN wish IS DISTINCT FROM $6 THEN clock_timestamp() ELSE wished_at END,
            next_ask_at = CASE WHEN $9 THEN clock_timestamp() + $10 * interval '1 ms' END,
            open_question = $11,
            open_since = CASE
                WHEN $11::text IS NULL THEN NULL
                WHEN status = $3 AND open_question <> 'answer' THEN open_since
                ELSE clock_timestamp()
            END
        WHERE id = $1 AND version = $2 - 1
        ",
    )
    .bind(payment.id)
    .bind(payment.version)
    .bind(payment.status.as_str())
    .bind(&payment.reference)
    .bind(&payment.challenge_url)
    .bind(payment.wish.map(Wish::as_str))
    .bind(payment.reserved)
    .bind(payment.refunded)
    .bind(payment.next_step().is_some())
    .bind(millis(ask_in))
    .bind(payment.question().map(Question::as_str))
    .execute(connection)
    .await?;
    if saved.rows_affected() == 1 { Ok(()) } else { Err(Error::LostUpdate) }
}

/// A payment, locked until the transaction ends.
pub(crate) async fn lock(connection: &mut PgConnection, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as(concat!("SELECT ", columns!(), " FROM payments WHERE id = $1 FOR NO KEY UPDATE"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Every payment of an order, locked.
pub(crate) async fn lock_of_order(
    connection: &mut PgConnection,
    order: OrderId,
) -> sqlx::Result<Vec<Payment>> {
    sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payments WHERE order_id = $1 ORDER BY id FOR NO KEY UPDATE"
    ))
    .bind(order)
    .fetch_all(connection)
    .await
}

/// A payment.
pub(crate) async fn find(connection: &mut PgConnection, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as(concat!("SELECT ", columns!(), " FROM payments WHERE id = $1"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// The buyer's own payment.
pub(crate) async fn find_own(
    connection: &mut PgConnection,
    id: PaymentId,
    buyer: UserId,
) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as(concat!("SELECT ", columns!(), " FROM payments WHERE id = $1 AND buyer = $2"))
        .bind(id)
        .bind(buyer)
        .fetch_optional(connection)
        .await
}

/// The buyer's own attempts to pay for an order, the newest first, from below `before`.
pub(crate) async fn list_own(
    connection: &mut PgConnection,
    order: OrderId,
    buyer: UserId,
    before: Option<PaymentId>,
    limit: i64,
) -> sqlx::Result<Vec<Payment>> {
    sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM payments WHERE order_id = $1 AND buyer = $2 AND ($3::uuid IS NULL OR id < $3)
          ORDER BY id DESC LIMIT $4"
    ))
    .bind(order)
    .bind(buyer)
    .bind(before)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// Takes what is due at the provider for `lease`; nobody else does it meanwhile. With how often it was asked.
pub(crate) async fn claim_due(
    connection: &mut PgConnection,
    limit: i64,
    lease: Duration,
) -> sqlx::Result<Vec<(Payment, i32)>> {
    let rows = sqlx::query(concat!(
        "UPDATE payments SET next_ask_at = clock_timestamp() + $2 * interval '1 ms', asks = asks + 1
         WHERE id IN (
             SELECT id FROM payments WHERE next_ask_at <= clock_timestamp()
             ORDER BY next_ask_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
         )
         RETURNING asks, ",
        columns!()
    ))
    .bind(limit)
    .bind(millis(lease))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((Payment::from_row(row)?, row.try_get("asks")?))).collect()
}

/// Asks again after `ask_in`, or not by itself where there is none; unless the payment has changed since.
pub(crate) async fn postpone(
    connection: &mut PgConnection,
    seen: &Payment,
    ask_in: Option<Duration>,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        UPDATE payments SET next_ask_at = clock_timestamp() + $3 * interval '1 ms'
        WHERE id = $1 AND version = $2
        ",
    )
    .bind(seen.id)
    .bind(seen.version)
    .bind(ask_in.map(millis))
    .execute(connection)
    .await?;
    Ok(())
}

/// How many payments have had an open question for longer than `age`, by what is open.
pub(crate) async fn count_overdue(
    connection: &mut PgConnection,
    age: Duration,
) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as(
        r"
        SELECT open_question, count(*) FROM payments
        WHERE open_since < clock_timestamp() - $1 * interval '1 ms'
        GROUP BY 1
        ",
    )
    .bind(millis(age))
    .fetch_all(connection)
    .await
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
