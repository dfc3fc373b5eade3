//! Lists of people to ban, and their lines.

use crate::ban_list::Line;
use contracts::{
    Timestamp,
    auth::BannedTickets,
    ban_imports::{BanImportLine, BanImportProblem, BanImportState, BanImportView},
    ids::{BanId, BanImportId, UserId},
};
use sqlx::PgConnection;

/// A list that is new.
#[derive(Clone, Debug)]
pub(crate) struct NewImport<'a> {
    pub(crate) id: BanImportId,
    pub(crate) at: Timestamp,
    pub(crate) admin: UserId,
    pub(crate) admin_name: &'a str,
    pub(crate) key: &'a str,
    pub(crate) content: &'a [u8],
}

/// A line with the account that it names.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) line: Line,
    pub(crate) user: Option<UserId>,
}

/// Writes a list down, unless its admin has sent one under this key: then that one and its content are given.
pub(crate) async fn insert(
    db: &mut PgConnection,
    new: &NewImport<'_>,
) -> sqlx::Result<Option<(BanImportId, Vec<u8>)>> {
    let inserted = sqlx::query(
        r"
        INSERT INTO ban_imports (id, created_at, created_by, created_by_name, idempotency_key, content, state)
        VALUES ($1, $2, $3, $4, $5, $6, 'draft') ON CONFLICT (created_by, idempotency_key) DO NOTHING
        ",
    )
    .bind(new.id)
    .bind(new.at)
    .bind(new.admin)
    .bind(new.admin_name)
    .bind(new.key)
    .bind(new.content)
    .execute(&mut *db)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(None);
    }
    sqlx::query_as("SELECT id, content FROM ban_imports WHERE created_by = $1 AND idempotency_key = $2")
        .bind(new.admin)
        .bind(new.key)
        .fetch_one(db)
        .await
        .map(Some)
}

/// Writes a list's lines down, in one statement.
pub(crate) async fn insert_lines(
    db: &mut PgConnection,
    import: BanImportId,
    lines: &[Found],
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO ban_import_lines (import_id, line, named, user_id, reason, until, tickets, problem)
        SELECT $1, * FROM UNNEST(
            $2::integer[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::text[]
        )
        ",
    )
    .bind(import)
    .bind(column(lines, |found| found.line.number))
    .bind(column(lines, |found| found.line.named.clone()))
    .bind(column(lines, |found| found.user))
    .bind(column(lines, |found| found.line.reason.clone()))
    .bind(column(lines, |found| found.line.until))
    .bind(column(lines, |found| found.line.tickets.as_str()))
    .bind(column(lines, |found| found.line.problem.map(BanImportProblem::as_str)))
    .execute(db)
    .await?;
    Ok(())
}

/// One value of each line, for a column of a statement.
fn column<T>(lines: &[Found], of: impl Fn(&Found) -> T) -> Vec<T> {
    lines.iter().map(of).collect()
}

#[derive(sqlx::FromRow)]
struct ViewRow {
    id: BanImportId,
    #[sqlx(try_from = "String")]
    state: BanImportState,
    created_at: Timestamp,
    created_by_name: String,
    confirmed_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    lines: i64,
    open: i64,
    banned: i64,
}

impl From<ViewRow> for BanImportView {
    fn from(row: ViewRow) -> Self {
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            id: row.id,
            state: row.state,
            created_at: row.created_at,
            created_by: row.created_by_name,
            confirmed_at: row.confirmed_at,
            finished_at: row.finished_at,
            lines: count(row.lines),
            open: count(row.open),
            banned: count(row.banned),
            left_out: count(row.lines - row.open - row.banned),
        }
    }
}

/// A list and how far it has come.
pub(crate) async fn find(db: &mut PgConnection, id: BanImportId) -> sqlx::Result<Option<BanImportView>> {
    let row: Option<ViewRow> = sqlx::query_as(
        r"
        SELECT i.*, c.* FROM ban_imports i CROSS JOIN LATERAL (
            SELECT count(*) AS lines, count(*) FILTER (WHERE problem IS NULL AND ban_id IS NULL) AS open,
                count(ban_id) AS banned
            FROM ban_import_lines WHERE import_id = i.id
        ) c
        WHERE i.id = $1
        ",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(BanImportView::from))
}

#[derive(sqlx::FromRow)]
struct LineRow {
    line: i32,
    named: String,
    user_id: Option<UserId>,
    name: Option<String>,
    reason: String,
    until: Option<Timestamp>,
    #[sqlx(try_from = "String")]
    tickets: BannedTickets,
    problem: Option<String>,
    ban_id: Option<BanId>,
}

impl From<LineRow> for BanImportLine {
    fn from(row: LineRow) -> Self {
        Self {
            line: row.line.unsigned_abs(),
            named: row.named,
            user: row.user_id,
            name: row.name,
            reason: row.reason,
            until: row.until,
            tickets: row.tickets,
            problem: row.problem.and_then(|word| word.parse().ok()),
            ban: row.ban_id,
        }
    }
}

/// Lines of a list after that number, in its order.
pub(crate) async fn lines(
    db: &mut PgConnection,
    import: BanImportId,
    left_out_alone: bool,
    after: i32,
    limit: i64,
) -> sqlx::Result<Vec<BanImportLine>> {
    let rows: Vec<LineRow> = sqlx::query_as(
        r"
        SELECT l.*, u.name FROM ban_import_lines l LEFT JOIN users u ON u.id = l.user_id
        WHERE l.import_id = $1 AND (NOT $2 OR l.problem IS NOT NULL) AND l.line > $3
        ORDER BY l.line LIMIT $4
        ",
    )
    .bind(import)
    .bind(left_out_alone)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(BanImportLine::from).collect())
}

/// Confirms a draft of after that time; `false` where it is one no more.
pub(crate) async fn confirm(
    db: &mut PgConnection,
    id: BanImportId,
    admin: UserId,
    now: Timestamp,
    after: Timestamp,
) -> sqlx::Result<bool> {
    let confirmed = sqlx::query(
        r"
        UPDATE ban_imports SET state = 'running', confirmed_at = $3, confirmed_by = $2
        WHERE id = $1 AND state = 'draft' AND created_at > $4
        ",
    )
    .bind(id)
    .bind(admin)
    .bind(now)
    .bind(after)
    .execute(db)
    .await?;
    Ok(confirmed.rows_affected() == 1)
}

/// Locks the running list that was confirmed first, unless another instance is at it; with who confirmed it.
pub(crate) async fn lock_running(db: &mut PgConnection) -> sqlx::Result<Option<(BanImportId, UserId)>> {
    sqlx::query_as(
        r"
        SELECT id, confirmed_by FROM ban_imports WHERE state = 'running'
        ORDER BY confirmed_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        ",
    )
    .fetch_optional(db)
    .await
}

/// A line that is still to be done.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct OpenLine {
    pub(crate) line: i32,
    pub(crate) user_id: UserId,
    pub(crate) reason: String,
    pub(crate) until: Option<Timestamp>,
    #[sqlx(try_from = "String")]
    pub(crate) tickets: BannedTickets,
}

/// The next lines that are still to be done.
pub(crate) async fn open(
    db: &mut PgConnection,
    import: BanImportId,
    limit: i64,
) -> sqlx::Result<Vec<OpenLine>> {
    sqlx::query_as(
        r"
        SELECT line, user_id, reason, until, tickets FROM ban_import_lines
        WHERE import_id = $1 AND problem IS NULL AND ban_id IS NULL ORDER BY line LIMIT $2
        ",
    )
    .bind(import)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// What became of a line.
pub(crate) type Outcome = Result<BanId, BanImportProblem>;

/// Notes what became of lines.
pub(crate) async fn note(
    db: &mut PgConnection,
    import: BanImportId,
    outcomes: &[(i32, Outcome)],
) -> sqlx::Result<()> {
    let lines: Vec<i32> = outcomes.iter().map(|(line, _)| *line).collect();
    let bans: Vec<Option<BanId>> = outcomes.iter().map(|(_, outcome)| outcome.ok()).collect();
    let problems: Vec<Option<&str>> =
        outcomes.iter().map(|(_, outcome)| outcome.err().map(BanImportProblem::as_str)).collect();
    sqlx::query(
        r"
        UPDATE ban_import_lines l SET ban_id = n.ban_id, problem = n.problem
        FROM UNNEST($2::integer[], $3::uuid[], $4::text[]) AS n (line, ban_id, problem)
        WHERE l.import_id = $1 AND l.line = n.line
        ",
    )
    .bind(import)
    .bind(lines)
    .bind(bans)
    .bind(problems)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a running list: all is done, or the rest is left out.
pub(crate) async fn finish(
    db: &mut PgConnection,
    import: BanImportId,
    state: BanImportState,
    now: Timestamp,
) -> sqlx::Result<()> {
    if state == BanImportState::Stopped {
        let rest = r"
            UPDATE ban_import_lines SET problem = 'stopped'
            WHERE import_id = $1 AND problem IS NULL AND ban_id IS NULL
        ";
        sqlx::query(rest).bind(import).execute(&mut *db).await?;
    }
    sqlx::query("UPDATE ban_imports SET state = $2, finished_at = $3 WHERE id = $1")
        .bind(import)
        .bind(state.as_str())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes a list that nobody needs any more: a draft from before `drafts`, or one that was over before `done`. `false`
/// where there is none.
pub(crate) async fn forget(db: &mut PgConnection, drafts: Timestamp, done: Timestamp) -> sqlx::Result<bool> {
    let deleted = sqlx::query(
        r"
        DELETE FROM ban_imports WHERE id = (
            SELECT id FROM ban_imports
            WHERE (state = 'draft' AND created_at < $1) OR finished_at < $2
            ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        ",
    )
    .bind(drafts)
    .bind(done)
    .execute(db)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

#[cfg(test)]
mod tests;
