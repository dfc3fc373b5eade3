//! The audit of admin acts.

use contracts::{Timestamp, auth::AuditRow, ids::UserId};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// One admin act.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) at: Timestamp,
    /// Absent for jobs.
    pub(crate) actor: Option<UserId>,
    pub(crate) actor_name: &'a str,
    pub(crate) action: &'a str,
    /// Absent where it concerned nobody's account.
    pub(crate) subject: Option<UserId>,
    pub(crate) subject_name: &'a str,
    pub(crate) note: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: Timestamp,
    actor: Option<UserId>,
    actor_name: String,
    action: String,
    subject: Option<UserId>,
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

/// Adds an act of the operator that concerns nobody's account.
pub(crate) async fn write_of_operator(
    db: &mut PgConnection,
    at: Timestamp,
    action: &str,
    subject_name: &str,
    note: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO audit (id, at, actor_name, action, subject_name, note)
        VALUES ($1, $2, 'Operator', $3, $4, $5)
        ",
    )
    .bind(service::new_id::<Uuid>())
    .bind(at)
    .bind(action)
    .bind(subject_name)
    .bind(note)
    .execute(db)
    .await?;
    Ok(())
}

/// Which acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) actor: Option<UserId>,
    pub(crate) subject: Option<UserId>,
    pub(crate) action: Option<String>,
    /// At or after.
    pub(crate) from: Option<Timestamp>,
    /// Before.
    pub(crate) until: Option<Timestamp>,
}

/// Acts before `before`, the newest first. Planned with the filters' values: each of them has an index.
pub(crate) async fn list(
    db: &mut PgConnection,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AuditRow>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT * FROM audit WHERE true");
    if let Some(actor) = filter.actor {
        query.push(" AND actor = ").push_bind(actor);
    }
    if let Some(subject) = filter.subject {
        query.push(" AND subject = ").push_bind(subject);
    }
    if let Some(action) = &filter.action {
        query.push(" AND action = ").push_bind(action.clone());
    }
    if let Some(from) = filter.from {
        query.push(" AND at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" AND at < ").push_bind(until);
    }
    if let Some(before) = before {
        query.push(" AND id < ").push_bind(before);
    }
    query.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().persistent(false).fetch_all(db).await?;
    Ok(rows.into_iter().map(AuditRow::from).collect())
}

impl From<Row> for AuditRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor: row.actor,
            actor_name: row.actor_name,
            action: row.action,
            subject: row.subject,
            subject_name: row.subject_name,
            note: row.note,
        }
    }
}
