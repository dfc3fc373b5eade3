//! Bans.

use crate::account::BanInForce;
use contracts::{
    Timestamp,
    auth::{BanView, BannedTickets},
    ids::{BanId, UserId},
};
use sqlx::PgConnection;
use uuid::Uuid;

/// One ban.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct BanRow {
    pub(crate) id: BanId,
    pub(crate) user_id: UserId,
    pub(crate) generation: i64,
    pub(crate) reason: String,
    pub(crate) until: Option<Timestamp>,
    #[sqlx(try_from = "String")]
    pub(crate) tickets: BannedTickets,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by_name: String,
    pub(crate) acknowledged_at: Option<Timestamp>,
    pub(crate) lifted_at: Option<Timestamp>,
    pub(crate) lift_note: Option<String>,
}

impl From<BanRow> for BanView {
    fn from(row: BanRow) -> Self {
        Self {
            id: row.id,
            reason: row.reason,
            until: row.until,
            tickets: row.tickets,
            created_at: row.created_at,
            created_by: row.created_by_name,
            lifted_at: row.lifted_at,
            lift_note: row.lift_note,
        }
    }
}

/// Who bans and when.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) actor: UserId,
    pub(crate) actor_name: String,
    pub(crate) at: Timestamp,
}

/// Adds a ban, or changes the terms of the one in force.
pub(crate) async fn put(
    db: &mut PgConnection,
    user: UserId,
    generation: i64,
    ban: &BanInForce,
    act: &Act,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO bans (id, user_id, generation, reason, until, tickets, created_at, created_by, created_by_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, until = excluded.until, tickets = excluded.tickets
        ",
    )
    .bind(ban.id)
    .bind(user)
    .bind(generation)
    .bind(&ban.reason)
    .bind(ban.until)
    .bind(ban.tickets.as_str())
    .bind(act.at)
    .bind(act.actor)
    .bind(&act.actor_name)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the ban in force.
pub(crate) async fn lift(
    db: &mut PgConnection,
    id: BanId,
    note: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE bans SET lifted_at = $2, lift_note = $3 WHERE id = $1 AND lifted_at IS NULL")
        .bind(id)
        .bind(now)
        .bind(note)
        .execute(db)
        .await?;
    Ok(())
}

/// One ban.
pub(crate) async fn find(db: &mut PgConnection, id: BanId) -> Result<Option<BanRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM bans WHERE id = $1").bind(id).fetch_optional(db).await
}

/// All bans of a user, newest first.
pub(crate) async fn of_user(db: &mut PgConnection, user: UserId) -> Result<Vec<BanRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM bans WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100")
        .bind(user)
        .fetch_all(db)
        .await
}

/// Bans of a user before `before`, the newest first.
pub(crate) async fn before(
    db: &mut PgConnection,
    user: UserId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BanRow>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT * FROM bans WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        ",
    )
    .bind(user)
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Users whose ban has run out.
pub(crate) async fn run_out(db: &mut PgConnection, now: Timestamp) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT user_id FROM bans WHERE lifted_at IS NULL AND until <= $1 ORDER BY until LIMIT 50",
    )
    .bind(now)
    .fetch_all(db)
    .await
}
