//! The inbox: an effect happens once, however often its message comes.

use contracts::ids::EventId;
use sqlx::PgTransaction;

/// Notes within `tx` that `consumer` has handled the message; false where it had before.
///
/// JetStream's own duplicate window is limited in time and does not replace it.
pub async fn first_time(tx: &mut PgTransaction<'_>, consumer: &str, id: EventId) -> sqlx::Result<bool> {
    let noted =
        sqlx::query("INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(consumer)
            .bind(id.uuid())
            .execute(&mut **tx)
            .await?;
    Ok(noted.rows_affected() == 1)
}
