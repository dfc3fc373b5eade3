//! The newest revocation of each user and session, until it expires.

use super::sessions::reason_word;
use auth::{
    pull::Position,
    revocation::{Kind, ReasonCode, Revocation},
};
use contracts::{Timestamp, ids::UserId};
use sqlx::{FromRow as _, PgConnection, Row as _};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    subject_id: Uuid,
    generation: i64,
    reason_code: String,
    actor: Option<UserId>,
    at: Timestamp,
    expires_at: Timestamp,
}

impl From<Row> for Revocation {
    fn from(row: Row) -> Self {
        Self {
            kind: if row.kind == "user" { Kind::User } else { Kind::Session },
            id: row.subject_id,
            generation: row.generation,
            expires_at: row.expires_at,
            reason_code: reason_of(&row.reason_code),
            actor: row.actor,
            at: row.at,
        }
    }
}

const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::Session => "session",
    }
}

fn reason_of(word: &str) -> ReasonCode {
    match word {
        "banned" => ReasonCode::Banned,
        "unbanned" => ReasonCode::Unbanned,
        "signed_out" => ReasonCode::SignedOut,
        "session_ended" => ReasonCode::SessionEnded,
        "password_changed" => ReasonCode::PasswordChanged,
        "token_reuse" => ReasonCode::TokenReuse,
        "displaced" => ReasonCode::Displaced,
        _ => ReasonCode::Other,
    }
}

/// Stores a revocation in place of an older one of the same user or session. Its place in the history is given by the
/// commit.
pub(crate) async fn put(db: &mut PgConnection, revocation: &Revocation) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO revocations (kind, subject_id, generation, reason_code, actor, at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (kind, subject_id) DO UPDATE SET generation = excluded.generation,
            reason_code = excluded.reason_code, actor = excluded.actor, at = excluded.at,
            expires_at = excluded.expires_at, acknowledged_at = NULL
        WHERE revocations.generation <= excluded.generation
        ",
    )
    .bind(kind_word(revocation.kind))
    .bind(revocation.id)
    .bind(revocation.generation)
    .bind(reason_word(revocation.reason_code))
    .bind(revocation.actor)
    .bind(revocation.at)
    .bind(revocation.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that the bus has it, and the ban's T0 where it is one. `false`: it is no longer the newest.
pub(crate) async fn acknowledge(
    db: &mut PgConnection,
    revocation: &Revocation,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query(
        r"
        UPDATE revocations SET acknowledged_at = COALESCE(acknowledged_at, $4)
        WHERE kind = $1 AND subject_id = $2 AND at = $3
        ",
    )
    .bind(kind_word(revocation.kind))
    .bind(revocation.id)
    .bind(revocation.at)
    .bind(now)
    .execute(&mut *db)
    .await?;
    if revocation.kind == Kind::User && revocation.reason_code == ReasonCode::Banned {
        sqlx::query(
            r"
            UPDATE bans SET acknowledged_at = $3
            WHERE user_id = $1 AND generation = $2 AND acknowledged_at IS NULL
            ",
        )
        .bind(revocation.id)
        .bind(revocation.generation)
        .bind(now)
        .execute(db)
        .await?;
    }
    Ok(noted.rows_affected() > 0)
}

/// The newest revocation of a user or session.
pub(crate) async fn find(
    db: &mut PgConnection,
    kind: Kind,
    id: Uuid,
) -> Result<Option<Revocation>, sqlx::Error> {
    let row = sqlx::query_as::<_, Row>("SELECT * FROM revocations WHERE kind = $1 AND subject_id = $2")
        .bind(kind_word(kind))
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(Revocation::from))
}

/// Every live revocation, and the place in the history at which they were read.
pub(crate) async fn everything(
    db: &mut PgConnection,
    now: Timestamp,
) -> Result<(Position, Vec<Revocation>), sqlx::Error> {
    let page = page(db, None, now, usize::MAX).await?;
    Ok((page.through, page.revocations))
}

/// Live revocations that were committed after that place in the history.
pub(crate) async fn after(
    db: &mut PgConnection,
    cursor: i64,
    now: Timestamp,
) -> Result<Vec<Revocation>, sqlx::Error> {
    let rows = sqlx::query_as::<_, Row>("SELECT * FROM revocations WHERE cursor > $1 AND expires_at > $2")
        .bind(cursor)
        .bind(now)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(Revocation::from).collect())
}

/// A stretch of the history.
pub(crate) struct Page {
    /// Where it begins; absent for the beginning of the history.
    pub(crate) after: Option<Position>,
    /// Where it ends.
    pub(crate) through: Position,
    /// Is there more after it?
    pub(crate) more: bool,
    /// Live revocations between the two, in order.
    pub(crate) revocations: Vec<Revocation>,
    /// Is the server a standby, which knows only what it was sent?
    pub(crate) standby: bool,
}

/// At most so many live revocations after a place, or from the beginning where that place is not of this history.
///
/// One statement, and so one moment: what is committed in between is neither in the newest place nor in the rows. A
/// transaction would say so too, but a question whose sender gives up is cancelled, and a transaction that is cancelled
/// while it begins stays open on its connection.
pub(crate) async fn page(
    db: &mut PgConnection,
    after: Option<Position>,
    now: Timestamp,
    limit: usize,
) -> Result<Page, sqlx::Error> {
    let query = r"
        SELECT h.id AS history, h.cursor AS newest, pg_is_in_recovery() AS standby, r.*
        FROM revocation_history h LEFT JOIN LATERAL (
            SELECT * FROM revocations
            WHERE cursor > CASE WHEN h.id = $1 AND $2 <= h.cursor THEN $2 ELSE 0 END AND expires_at > $3
            ORDER BY cursor LIMIT $4
        ) r ON true
        ORDER BY r.cursor
    ";
    let rows = sqlx::query(query)
        .bind(after.map(|after| after.history))
        .bind(after.map(|after| after.cursor))
        .bind(now)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let newest = Position { history: first.try_get("history")?, cursor: first.try_get("newest")? };
    let standby = first.try_get("standby")?;
    // Where there are none, the only row has the history alone.
    let none = first.try_get::<Option<i64>, _>("cursor")?.is_none();
    let placed = if none { Vec::new() } else { rows };
    // A full page may be the last one; the next question finds out.
    let last =
        placed.last().filter(|_| placed.len() >= limit).map(|row| row.try_get("cursor")).transpose()?;
    let through = Position { cursor: last.unwrap_or(newest.cursor), ..newest };
    let revocations = placed.iter().map(|row| Row::from_row(row).map(Revocation::from));
    Ok(Page {
        after: after.filter(|after| after.history == newest.history && after.cursor <= newest.cursor),
        through,
        more: last.is_some(),
        revocations: revocations.collect::<Result<_, _>>()?,
        standby,
    })
}

/// Live revocations that the bus has not acknowledged.
pub(crate) async fn pending(db: &mut PgConnection, now: Timestamp) -> Result<Vec<Revocation>, sqlx::Error> {
    let rows = sqlx::query_as::<_, Row>(
        "SELECT * FROM revocations WHERE acknowledged_at IS NULL AND expires_at > $1 ORDER BY at LIMIT 500",
    )
    .bind(now)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Revocation::from).collect())
}

/// Deletes what has expired.
pub(crate) async fn forget(db: &mut PgConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM revocations WHERE expires_at <= $1").bind(now).execute(db).await?;
    Ok(done.rows_affected())
}
