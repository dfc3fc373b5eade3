//! The door: who was let in, and every scan that was refused.

use crate::ticket::Ticket;
use contracts::{Timestamp, ids::ShowId, ids::UserId};
use service::IdempotencyKey;
use sqlx::PgConnection;

/// Stores a ticket that admits its holder now, unless another scan was first, or holder or door is banned.
pub(crate) async fn admit(db: &mut PgConnection, ticket: &Ticket, door: UserId) -> sqlx::Result<bool> {
    let admitted = sqlx::query(
        r"
        UPDATE tickets SET state = 'checked_in', checked_in_at = $3, version = $2
        WHERE id = $1 AND version = $2 - 1 AND state = 'valid'
            AND NOT EXISTS (SELECT 1 FROM users WHERE id = tickets.holder AND banned AND tickets_refused)
            AND NOT EXISTS (SELECT 1 FROM users WHERE id = $4 AND banned)
        ",
    )
    .bind(ticket.id)
    .bind(ticket.version)
    .bind(ticket.checked_in_at)
    .bind(door)
    .execute(db)
    .await?;
    Ok(admitted.rows_affected() == 1)
}

/// One scan of a genuine code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) ticket: &'a Ticket,
    pub(crate) show: ShowId,
    pub(crate) by: UserId,
    /// `admitted`, or the code of the problem.
    pub(crate) outcome: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) key: Option<&'a IdempotencyKey>,
}

/// Keeps a scan.
pub(crate) async fn insert(db: &mut PgConnection, scan: Scan<'_>) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO check_ins (ticket_id, show_id, scanned_by, outcome, scanned_at, idempotency_key)
        VALUES ($1, $2, $3, $4, $5, $6)
        ",
    )
    .bind(scan.ticket.id)
    .bind(scan.show)
    .bind(scan.by)
    .bind(scan.outcome)
    .bind(scan.at)
    .bind(scan.key.map(|key| &key.0))
    .execute(db)
    .await?;
    Ok(())
}

/// Was it a scan under this key, by the same person at the same door, that admitted the holder?
pub(crate) async fn admitted_by(db: &mut PgConnection, scan: Scan<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r"
        SELECT EXISTS (
            SELECT 1 FROM check_ins
            WHERE ticket_id = $1 AND show_id = $2 AND scanned_by = $3 AND idempotency_key = $4
                AND outcome = 'admitted'
        )
        ",
    )
    .bind(scan.ticket.id)
    .bind(scan.show)
    .bind(scan.by)
    .bind(scan.key.map(|key| &key.0))
    .fetch_one(db)
    .await
}
