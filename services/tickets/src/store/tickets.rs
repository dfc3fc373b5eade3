//! Tickets.

use super::{money, word};
use crate::{
    error::Error,
    ticket::{self, Ticket},
};
use contracts::{
    ids::{OrderId, ShowId, TicketId},
    tickets::VoidReason,
};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use std::collections::HashSet;
use uuid::Uuid;

impl FromRow<'_, PgRow> for Ticket {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            order: row.try_get("order_id")?,
            unit: row.try_get("unit_id")?,
            show: row.try_get("show_id")?,
            listing: row.try_get("listing_id")?,
            listing_name: row.try_get("listing_name")?,
            seat: row.try_get("seat")?,
            holder: row.try_get("holder")?,
            state: word(row, "state")?,
            void_reason: void_reason(row)?,
            face_value: money(row, "face_amount")?,
            first_price: money(row, "first_amount")?,
            resale_listing: row.try_get("resale_listing_id")?,
            checked_in_at: row.try_get("checked_in_at")?,
            issued_at: row.try_get("issued_at")?,
            version: row.try_get("version")?,
        })
    }
}

fn void_reason(row: &PgRow) -> sqlx::Result<Option<VoidReason>> {
    let known: Option<String> = row.try_get("void_reason")?;
    known.map(|_| word(row, "void_reason")).transpose()
}

/// The ticket, unlocked.
pub(crate) async fn find(db: &mut PgConnection, id: TicketId) -> sqlx::Result<Option<Ticket>> {
    sqlx::query_as("SELECT * FROM tickets WHERE id = $1").bind(id).fetch_optional(db).await
}

/// The ticket, for a change.
pub(crate) async fn lock(db: &mut PgConnection, id: TicketId) -> sqlx::Result<Option<Ticket>> {
    sqlx::query_as("SELECT * FROM tickets WHERE id = $1 FOR NO KEY UPDATE").bind(id).fetch_optional(db).await
}

/// Every ticket of an order, for a change.
pub(crate) async fn lock_of_order(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Ticket>> {
    sqlx::query_as("SELECT * FROM tickets WHERE order_id = $1 ORDER BY id FOR NO KEY UPDATE")
        .bind(order)
        .fetch_all(db)
        .await
}

/// Inserts new tickets; gives back those whose units had none yet.
pub(crate) async fn insert_all(
    db: &mut PgConnection,
    issued: Vec<ticket::Changed>,
) -> sqlx::Result<Vec<ticket::Changed>> {
    let mut inserted = HashSet::new();
    for (ticket, _) in &issued {
        let new = sqlx::query(
            r"
            INSERT INTO tickets (
                id, order_id, unit_id, show_id, listing_id, listing_name, seat, holder, state,
                face_amount, first_amount, currency, issued_at, version, void_reason
            )
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (order_id, unit_id) DO NOTHING
            ",
        )
        .bind(ticket.id)
        .bind(ticket.order)
        .bind(ticket.unit)
        .bind(ticket.show)
        .bind(ticket.listing)
        .bind(&ticket.listing_name)
        .bind(&ticket.seat)
        .bind(ticket.holder)
        .bind(ticket.state.as_str())
        .bind(ticket.face_value.amount)
        .bind(ticket.first_price.amount)
        .bind(ticket.face_value.currency.code())
        .bind(ticket.issued_at)
        .bind(ticket.version)
        .bind(ticket.void_reason.map(VoidReason::as_str))
        .execute(&mut *db)
        .await?;
        if new.rows_affected() == 1 {
            inserted.insert(ticket.id);
        }
    }
    Ok(issued.into_iter().filter(|(ticket, _)| inserted.contains(&ticket.id)).collect())
}

/// Stores the next version of a locked ticket.
pub(crate) async fn update(db: &mut PgConnection, ticket: &Ticket) -> Result<(), Error> {
    let updated = sqlx::query(
        r"
        UPDATE tickets SET state = $3, resale_listing_id = $4, checked_in_at = $5, void_reason = $6, version = $2
        WHERE id = $1 AND version = $2 - 1
        ",
    )
    .bind(ticket.id)
    .bind(ticket.version)
    .bind(ticket.state.as_str())
    .bind(ticket.resale_listing)
    .bind(ticket.checked_in_at)
    .bind(ticket.void_reason.map(VoidReason::as_str))
    .execute(db)
    .await?;
    match updated.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::LostUpdate("a ticket")),
    }
}

/// Voids the next tickets of a cancelled show, `limit` at most; gives them back as they are now.
pub(crate) async fn void_some_of_show(
    db: &mut PgConnection,
    show: ShowId,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Ticket>> {
    sqlx::query_as(
        r"
        WITH batch AS (
            SELECT id FROM tickets WHERE show_id = $1 AND id > $2 AND state <> 'void'
            ORDER BY id LIMIT $3 FOR NO KEY UPDATE
        ),
        voided AS (
            UPDATE tickets t SET state = 'void', void_reason = 'show_cancelled', version = version + 1 FROM batch WHERE t.id = batch.id
            RETURNING t.*
        )
        SELECT * FROM voided ORDER BY id
        ",
    )
    .bind(show)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Notes what was heard of an order, and says whether it was ever refunded. Locks the order until the commit.
pub(crate) async fn note_outcome(
    db: &mut PgConnection,
    order: OrderId,
    refunded: bool,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r"
        INSERT INTO order_outcomes AS known (order_id, refunded) VALUES ($1, $2)
        ON CONFLICT (order_id) DO UPDATE SET refunded = known.refunded OR excluded.refunded
        RETURNING refunded
        ",
    )
    .bind(order)
    .bind(refunded)
    .fetch_one(db)
    .await
}

/// The ticket that a listing offers for resale, for a change.
pub(crate) async fn lock_by_resale(
    db: &mut PgConnection,
    listing: contracts::ids::ListingId,
) -> sqlx::Result<Option<Ticket>> {
    sqlx::query_as(
        r"
        SELECT t.* FROM tickets t JOIN listings l ON l.resale_of = t.id
        WHERE l.id = $1 FOR NO KEY UPDATE OF t
        ",
    )
    .bind(listing)
    .fetch_optional(db)
    .await
}
