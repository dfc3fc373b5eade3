//! The newest revocation of each user and session, until it expires.

use super::sessions::reason_word;
use auth::{
    pull::Position,
    revocation::{Kind, ReasonCode, Revocation},
};
use contracts::{Timestamp, ids::UserId};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Both the history's newest place and the revocations as of one moment: what is committed in between is in neither.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

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

/// One that is committed, and so has its place in the history.
#[derive(sqlx::FromRow)]
struct Placed {
    cursor: i64,
    #[sqlx(flatten)]
    row: Row,
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
    pool: &PgPool,
    now: Timestamp,
) -> Result<(Position, Vec<Revocation>), sqlx::Error> {
    let mut tx = pool.begin_with(SNAPSHOT).await?;
    let (newest, _) = newest(&mut tx).await?;
    let rows = sqlx::query_as::<_, Row>("SELECT * FROM revocations WHERE expires_at > $1")
        .bind(now)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok((newest, rows.into_iter().map(Revocation::from).collect()))
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
pub(crate) async fn page(
    pool: &PgPool,
    after: Option<Position>,
    now: Timestamp,
    limit: usize,
) -> Result<Page, sqlx::Error> {
    let mut tx = pool.begin_with(SNAPSHOT).await?;
    let (newest, standby) = newest(&mut tx).await?;
    let after = after.filter(|after| after.history == newest.history && after.cursor <= newest.cursor);
    let query = "SELECT * FROM revocations WHERE cursor > $1 AND expires_at > $2 ORDER BY cursor LIMIT $3";
    let rows = sqlx::query_as::<_, Placed>(query)
        .bind(after.map_or(0, |after| after.cursor))
        .bind(now)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    // A full page may be the last one; the next question finds out.
    let last = rows.last().filter(|_| rows.len() >= limit).map(|row| row.cursor);
    let through = Position { cursor: last.unwrap_or(newest.cursor), ..newest };
    let revocations = rows.into_iter().map(|placed| placed.row.into()).collect();
    Ok(Page { after, through, more: last.is_some(), revocations, standby })
}

/// The history's newest place as the snapshot sees it, and whether the server is a standby.
async fn newest(db: &mut PgConnection) -> Result<(Position, bool), sqlx::Error> {
    let query = "SELECT id, cursor, pg_is_in_recovery() FROM revocation_history";
    let (history, cursor, standby) = sqlx::query_as(query).fetch_one(db).await?;
    Ok((Position { history, cursor }, standby))
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
