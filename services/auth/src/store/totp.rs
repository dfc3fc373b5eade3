//! Authenticator apps, one per account.

use contracts::{Timestamp, ids::UserId};
use sqlx::PgConnection;

/// An authenticator app.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct StoredTotp {
    /// Sealed.
    pub(crate) secret: Vec<u8>,
    /// It counts from then on.
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) last_step: Option<i64>,
    /// Wrong codes since the last right one.
    pub(crate) wrong: i32,
    pub(crate) last_wrong_at: Option<Timestamp>,
}

/// The app of a user, confirmed or not.
pub(crate) async fn find(db: &mut PgConnection, user: UserId) -> Result<Option<StoredTotp>, sqlx::Error> {
    sqlx::query_as("SELECT secret, confirmed_at, last_used_at, last_step, wrong, last_wrong_at FROM totp WHERE user_id = $1").bind(user).fetch_optional(db).await
}

/// Offers a secret to a user who is locked: one that was offered before and not confirmed is no longer.
pub(crate) async fn offer(
    db: &mut PgConnection,
    user: UserId,
    secret: &[u8],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO totp (user_id, secret, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET secret = $2, created_at = $3, wrong = 0, last_wrong_at = NULL
        WHERE totp.confirmed_at IS NULL
        ",
    )
    .bind(user)
    .bind(secret)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// From now on it counts; the code that showed it is used up.
pub(crate) async fn confirm(
    db: &mut PgConnection,
    user: UserId,
    step: Option<i64>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE totp SET confirmed_at = $2, last_step = $3 WHERE user_id = $1")
        .bind(user)
        .bind(now)
        .bind(step)
        .execute(db)
        .await?;
    Ok(())
}

/// A code of that time step was right.
pub(crate) async fn accepted(
    db: &mut PgConnection,
    user: UserId,
    step: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE totp SET last_step = $2, last_used_at = $3, wrong = 0, last_wrong_at = NULL WHERE user_id = $1",
    )
    .bind(user)
    .bind(step)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// A code was wrong.
pub(crate) async fn refused(db: &mut PgConnection, user: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE totp SET wrong = wrong + 1, last_wrong_at = $2 WHERE user_id = $1")
        .bind(user)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes the app away; says whether there was one that counted.
pub(crate) async fn delete(db: &mut PgConnection, user: UserId) -> Result<bool, sqlx::Error> {
    let gone: Option<bool> =
        sqlx::query_scalar("DELETE FROM totp WHERE user_id = $1 RETURNING confirmed_at IS NOT NULL")
            .bind(user)
            .fetch_optional(db)
            .await?;
    Ok(gone == Some(true))
}
