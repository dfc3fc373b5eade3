//! Cancelled shows whose orders are still to be cancelled or refunded.

use contracts::ids::ShowId;
use sqlx::PgConnection;

/// Adds a show.
pub(crate) async fn add(connection: &mut PgConnection, show: ShowId) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO cancelled_shows (show_id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(show)
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks the next one that nobody works on.
pub(crate) async fn lock_next(
    connection: &mut PgConnection,
    after: Option<ShowId>,
) -> sqlx::Result<Option<ShowId>> {
    sqlx::query_scalar(
        r"
        SELECT show_id FROM cancelled_shows WHERE $1::uuid IS NULL OR show_id > $1
        ORDER BY show_id LIMIT 1 FOR UPDATE SKIP LOCKED
        ",
    )
    .bind(after)
    .fetch_optional(connection)
    .await
}

/// Forgets it once all of its orders are done. One that is being confirmed may complete in a transaction that
/// does not know of the cancellation yet, and one that was being placed may still appear: both are waited for.
pub(crate) async fn remove_done(connection: &mut PgConnection, show: ShowId) -> sqlx::Result<()> {
    sqlx::query(
        r"
        DELETE FROM cancelled_shows c
        WHERE c.show_id = $1 AND c.cancelled_at < clock_timestamp() - interval '30 seconds'
            AND NOT EXISTS (
                SELECT FROM orders o WHERE o.show_id = c.show_id AND (
                    o.status IN ('awaiting_payment', 'confirming')
                    OR (o.status = 'complete' AND NOT o.refund_requested)
                )
            )
        ",
    )
    .bind(show)
    .execute(connection)
    .await?;
    Ok(())
}
