//! SQL of timers.

use contracts::{Timestamp, ids::OrderId};
use events::expiration::Timer;
use sqlx::PgConnection;
use std::time::Duration;

#[derive(sqlx::FromRow)]
struct DueRow {
    order_id: OrderId,
    due_at: Timestamp,
    version: i64,
}

/// Sets, moves or removes the timer of an order, unless a newer version of the order did.
pub(crate) async fn put(
    connection: &mut PgConnection,
    order: OrderId,
    due_at: Option<Timestamp>,
    version: i64,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO timers (order_id, due_at, version) VALUES ($1, $2, $3)
        ON CONFLICT (order_id) DO UPDATE
        SET due_at = excluded.due_at, version = excluded.version, changed_at = clock_timestamp()
        WHERE timers.version < excluded.version
        ",
    )
    .bind(order)
    .bind(due_at)
    .bind(version)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes timers that fell due, the longest overdue first. Instances take different ones.
pub(crate) async fn take_due(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<Timer>> {
    let rows: Vec<DueRow> = sqlx::query_as(
        r"
        WITH due AS MATERIALIZED (
            SELECT order_id, due_at FROM timers
            WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1
            FOR UPDATE SKIP LOCKED
        )
        UPDATE timers t SET due_at = NULL, changed_at = clock_timestamp()
        FROM due WHERE t.order_id = due.order_id
        RETURNING t.order_id, due.due_at, t.version
        ",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let timer = |row: DueRow| Timer { order: row.order_id, due_at: row.due_at, version: row.version };
    Ok(rows.into_iter().map(timer).collect())
}

/// How long until the next timer falls due, by the database's clock; nothing where there is none.
pub(crate) async fn until_next(connection: &mut PgConnection) -> sqlx::Result<Option<Duration>> {
    let millis: Option<i64> = sqlx::query_scalar(
        r"
        SELECT ceil(extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::bigint
        FROM timers WHERE due_at IS NOT NULL
        ",
    )
    .fetch_one(connection)
    .await?;
    Ok(millis.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or(0))))
}

/// Forgets some orders whose facts can no longer come late: the stream keeps them for 30 days.
pub(crate) async fn forget_old(connection: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let forgotten = sqlx::query(
        r"
        DELETE FROM timers WHERE order_id IN (
            SELECT order_id FROM timers
            WHERE due_at IS NULL AND changed_at < clock_timestamp() - interval '31 days'
            ORDER BY changed_at LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        ",
    )
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(forgotten.rows_affected())
}
