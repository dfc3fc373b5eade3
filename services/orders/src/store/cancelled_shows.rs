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

/// Locks one that nobody works on.
pub(crate) async fn lock_next(connection: &mut PgConnection) -> sqlx::Result<Option<ShowId>> {
    sqlx::query_scalar(
        "SELECT show_id FROM cancelled_shows ORDER BY cancelled_at LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .fetch_optional(connection)
    .await
}

/// All of its orders are done.
pub(crate) async fn remove(connection: &mut PgConnection, show: ShowId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM cancelled_shows WHERE show_id = $1").bind(show).execute(connection).await?;
    Ok(())
}
