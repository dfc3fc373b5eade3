//! The audit of admin acts.

use contracts::{Timestamp, auth::AuditRow, ids::UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// One admin act.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) at: Timestamp,
    /// Absent for jobs.
    pub(crate) actor: Option<UserId>,
    pub(crate) actor_name: &'a str,
    pub(crate) action: &'a str,
    pub(crate) subject: UserId,
    pub(crate) subject_name: &'a str,
    pub(crate) note: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: Timestamp,
    actor_name: String,
    action: String,
    subject: UserId,
    subject_name: String,
    note: String,
}

/// Adds an act.
pub(crate) async fn write(db: &mut PgConnection, entry: Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO audit (id, at, actor, actor_name, action, subject, subject_name, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ",
    )
    .bind(service::new_id::<Uuid>())
    .bind(entry.at)
    .bind(entry.actor)
    .bind(entry.actor_name)
    .bind(entry.action)
    .bind(entry.subject)
    .bind(entry.subject_name)
    .bind(entry.note)
    .execute(db)
    .await?;
    Ok(())
}

/// Acts, newest first, one more than the limit.
pub(crate) async fn list(
    db: &mut PgConnection,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AuditRow>, sqlx::Error> {
    let rows = sqlx::query_as::<_, Row>(
        "SELECT * FROM audit WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2 + 1",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await?;
    let view = |row: Row| AuditRow {
        id: row.id,
        at: row.at,
        actor_name: row.actor_name,
        action: row.action,
        subject: row.subject,
        subject_name: row.subject_name,
        note: row.note,
    };
    Ok(rows.into_iter().map(view).collect())
}
