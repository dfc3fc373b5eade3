//! Refunds: rows, locks, and what is due at the provider.

use super::{money, payments::millis, word};
use crate::error::Error;
use contracts::{
    Money, Timestamp,
    ids::{OrderId, PaymentId, RefundId, UserId},
    payments::RefundStatus,
};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use std::time::Duration;

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refund {
    pub(crate) id: RefundId,
    pub(crate) payment: PaymentId,
    pub(crate) order: OrderId,
    pub(crate) amount: Money,
    pub(crate) reason: String,
    pub(crate) status: RefundStatus,
    pub(crate) created_at: Timestamp,
    pub(crate) version: i64,
}

/// Who asked for a refund, and with which words: the same question gets the same answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) by: UserId,
    pub(crate) key: String,
    pub(crate) amount: Option<Money>,
}

impl FromRow<'_, PgRow> for Refund {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            payment: row.try_get("payment_id")?,
            order: row.try_get("order_id")?,
            amount: money(row, "amount")?,
            reason: row.try_get("reason")?,
            status: word(row, "status")?,
            created_at: row.try_get("created_at")?,
            version: row.try_get("version")?,
        })
    }
}

impl Refund {
    /// The provider's idempotency key: the same refund is never made twice.
    pub(crate) fn key(&self) -> String {
        format!("order:{}:refund:{}", self.order, self.id)
    }

    /// The public state that others copy.
    pub(crate) fn snapshot(&self, full: bool) -> events::payments::Refund {
        events::payments::Refund {
            id: self.id,
            payment: self.payment,
            order: self.order,
            amount: self.amount,
            full,
            reason: self.reason.clone(),
            status: self.status,
            version: self.version,
        }
    }
}

macro_rules! columns {
    () => {
        "id, payment_id, order_id, amount, currency, reason, status, created_at, version"
    };
}

/// Writes a refund down, due at once. False where whoever asks is banned.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    refund: &Refund,
    asked: Option<&Asked>,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        r"
        INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, status, created_at, version,
            next_ask_at, requested_by, idempotency_key, requested_amount)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), $10, $11, $12
        WHERE NOT EXISTS (SELECT FROM users WHERE id = $10 AND banned)
        ",
    )
    .bind(refund.id)
    .bind(refund.payment)
    .bind(refund.order)
    .bind(refund.amount.amount)
    .bind(refund.amount.currency.code())
    .bind(&refund.reason)
    .bind(refund.status.as_str())
    .bind(refund.created_at)
    .bind(refund.version)
    .bind(asked.map(|asked| asked.by))
    .bind(asked.map(|asked| &asked.key))
    .bind(asked.and_then(|asked| asked.amount).map(|amount| amount.amount))
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The refund that was asked for with this key before, and the amount that was named then.
pub(crate) async fn find_asked(
    connection: &mut PgConnection,
    by: UserId,
    key: &str,
) -> sqlx::Result<Option<(Refund, Option<i64>)>> {
    let row = sqlx::query(concat!(
        "SELECT requested_amount, ",
        columns!(),
        " FROM refunds WHERE requested_by = $1 AND idempotency_key = $2"
    ))
    .bind(by)
    .bind(key)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((Refund::from_row(&row)?, row.try_get("requested_amount")?))).transpose()
}

/// Takes refunds that are due at the provider for `lease`. With how often each was tried.
pub(crate) async fn claim_due(
    connection: &mut PgConnection,
    limit: i64,
    lease: Duration,
) -> sqlx::Result<Vec<(Refund, i32)>> {
    let rows = sqlx::query(concat!(
        "UPDATE refunds SET next_ask_at = clock_timestamp() + $2 * interval '1 ms', asks = asks + 1
         WHERE id IN (
             SELECT id FROM refunds WHERE next_ask_at <= clock_timestamp()
             ORDER BY next_ask_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
         )
         RETURNING asks, ",
        columns!()
    ))
    .bind(limit)
    .bind(millis(lease))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((Refund::from_row(row)?, row.try_get("asks")?))).collect()
}

/// Tries again later.
pub(crate) async fn postpone(
    connection: &mut PgConnection,
    id: RefundId,
    ask_in: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        UPDATE refunds SET next_ask_at = clock_timestamp() + $2 * interval '1 ms'
        WHERE id = $1 AND next_ask_at IS NOT NULL
        ",
    )
    .bind(id)
    .bind(millis(ask_in))
    .execute(connection)
    .await?;
    Ok(())
}

/// A refund, locked until the transaction ends.
pub(crate) async fn lock(connection: &mut PgConnection, id: RefundId) -> sqlx::Result<Option<Refund>> {
    sqlx::query_as(concat!("SELECT ", columns!(), " FROM refunds WHERE id = $1 FOR NO KEY UPDATE"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Stores what became of a refund: the money is on its way, or the provider refused it, and why.
pub(crate) async fn save_ended(
    connection: &mut PgConnection,
    refund: &Refund,
    refusal: Option<&str>,
) -> Result<(), Error> {
    let saved = sqlx::query(
        r"
        UPDATE refunds SET status = $3, version = $2, next_ask_at = NULL, refusal = $4
        WHERE id = $1 AND version = $2 - 1
        ",
    )
    .bind(refund.id)
    .bind(refund.version)
    .bind(refund.status.as_str())
    .bind(refusal)
    .execute(connection)
    .await?;
    if saved.rows_affected() == 1 { Ok(()) } else { Err(Error::LostUpdate) }
}

/// How many refunds have not gone out for longer than `age`, or were refused while the money is still owed. Who asked
/// for a refund themselves is told that it was refused; what the system asked for nobody sees but here.
pub(crate) async fn count_overdue(connection: &mut PgConnection, age: Duration) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        r"
        SELECT (
            SELECT count(*) FROM refunds
            WHERE next_ask_at IS NOT NULL AND created_at < clock_timestamp() - $1 * interval '1 ms'
        ) + (
            SELECT count(*) FROM refunds refused JOIN payments p ON p.id = refused.payment_id
            WHERE refused.status = 'failed' AND refused.requested_by IS NULL AND p.refunded < p.amount
                AND NOT EXISTS (
                    SELECT FROM refunds later
                    WHERE later.payment_id = p.id AND later.status = 'pending'
                        AND later.created_at >= refused.created_at
                )
        )
        ",
    )
    .bind(millis(age))
    .fetch_one(connection)
    .await
}
