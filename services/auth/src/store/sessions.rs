//! Signed-in devices.

use crate::devices::IDLE_DAYS;
use auth::revocation::ReasonCode;
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    ids::{SessionId, UserId},
};
use sqlx::PgConnection;
use uuid::Uuid;

/// Sessions that one sign-in ends at most.
const DISPLACED_MAX: i64 = 100;
/// Rows that one statement of [`forget`] deletes at most, twice.
const FORGOTTEN_MAX: i64 = 1_000;

/// One signed-in device.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) user_agent: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) version: i64,
    /// When its person last proved who they are.
    pub(crate) authenticated_at: Timestamp,
    /// Did they ever prove it with two factors?
    pub(crate) second_factor: bool,
}

impl Session {
    /// The public state, as other services see it.
    pub(crate) fn state(&self) -> events::auth::Session {
        events::auth::Session { id: self.id, user: self.user_id, version: self.version }
    }
}

/// The word a reason is stored as.
pub(crate) fn reason_word(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::Banned => "banned",
        ReasonCode::Unbanned => "unbanned",
        ReasonCode::SignedOut => "signed_out",
        ReasonCode::SessionEnded => "session_ended",
        ReasonCode::PasswordChanged => "password_changed",
        ReasonCode::TokenReuse => "token_reuse",
        ReasonCode::Displaced => "displaced",
        ReasonCode::Other => "other",
    }
}

/// Adds a session.
pub(crate) async fn insert(db: &mut PgConnection, session: &Session) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO sessions
            (id, user_id, user_agent, created_at, last_seen_at, expires_at, authenticated_at, second_factor)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ",
    )
    .bind(session.id)
    .bind(session.user_id)
    .bind(&session.user_agent)
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .bind(session.authenticated_at)
    .bind(session.second_factor)
    .execute(db)
    .await?;
    Ok(())
}

/// The session, ended or not.
pub(crate) async fn find(db: &mut PgConnection, id: SessionId) -> Result<Option<Session>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM sessions WHERE id = $1").bind(id).fetch_optional(db).await
}

/// Live sessions of a user, last used first. One that nobody used for too long is over, though no row says so.
pub(crate) async fn live(
    db: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT * FROM sessions
        WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_seen_at > $3
        ORDER BY last_seen_at DESC, id LIMIT 100
        ",
    )
    .bind(user)
    .bind(now)
    .bind(now - TimeDelta::days(IDLE_DAYS))
    .fetch_all(db)
    .await
}

/// Live sessions of a user before `before`, the newest first.
pub(crate) async fn live_before(
    db: &mut PgConnection,
    user: UserId,
    now: Timestamp,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT * FROM sessions
        WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_seen_at > $3
            AND ($4::uuid IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5
        ",
    )
    .bind(user)
    .bind(now)
    .bind(now - TimeDelta::days(IDLE_DAYS))
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Notes that the device was there.
pub(crate) async fn seen(db: &mut PgConnection, id: SessionId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await?;
    Ok(())
}

/// Its person has just proved who they are, with two factors or with the only one that there is.
pub(crate) async fn authenticated(
    db: &mut PgConnection,
    id: SessionId,
    second_factor: bool,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sessions SET authenticated_at = $2, second_factor = second_factor OR $3 WHERE id = $1",
    )
    .bind(id)
    .bind(now)
    .bind(second_factor)
    .execute(db)
    .await?;
    Ok(())
}

/// Its person has proved who they are with two factors.
pub(crate) async fn strengthened(db: &mut PgConnection, id: SessionId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET second_factor = true WHERE id = $1").bind(id).execute(db).await?;
    Ok(())
}

/// Ends one session of the user; gives it if it was live.
pub(crate) async fn revoke(
    db: &mut PgConnection,
    user: UserId,
    id: SessionId,
    reason: ReasonCode,
    now: Timestamp,
) -> Result<Option<Session>, sqlx::Error> {
    sqlx::query_as(
        r"
        UPDATE sessions SET revoked_at = $3, revoke_reason = $4, version = version + 1
        WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3
        RETURNING *
        ",
    )
    .bind(id)
    .bind(user)
    .bind(now)
    .bind(reason_word(reason))
    .fetch_optional(db)
    .await
}

/// Ends all sessions of the user but one; gives those that were live.
pub(crate) async fn revoke_all(
    db: &mut PgConnection,
    user: UserId,
    keep: Option<SessionId>,
    reason: ReasonCode,
    now: Timestamp,
) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as(
        r"
        UPDATE sessions SET revoked_at = $3, revoke_reason = $4, version = version + 1
        WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $3 AND ($2::uuid IS NULL OR id <> $2)
        RETURNING *
        ",
    )
    .bind(user)
    .bind(keep)
    .bind(now)
    .bind(reason_word(reason))
    .fetch_all(db)
    .await
}

/// Ends the sessions that were used longest ago until `keep` are left; gives those that were live.
pub(crate) async fn revoke_beyond(
    db: &mut PgConnection,
    user: UserId,
    keep: i64,
    now: Timestamp,
) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as(
        r"
        UPDATE sessions SET revoked_at = $3, revoke_reason = $4, version = version + 1
        WHERE id IN (
            SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $3
            ORDER BY last_seen_at DESC, id DESC OFFSET $2 LIMIT $5
        )
        RETURNING *
        ",
    )
    .bind(user)
    .bind(keep)
    .bind(now)
    .bind(reason_word(ReasonCode::Displaced))
    .bind(DISPLACED_MAX)
    .fetch_all(db)
    .await
}

/// Deletes sessions that ended long ago, with their tokens: at most [`FORGOTTEN_MAX`] by each of the two ways to
/// end, so that no statement holds locks for long. Gives how many.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM sessions WHERE id IN (
            (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)
            UNION (SELECT id FROM sessions WHERE revoked_at < $1 LIMIT $2)
        )
        ",
    )
    .bind(before)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests;
