//! Browsers in which somebody has signed in before.

use contracts::{
    Timestamp,
    ids::{SessionId, UserId},
};
use sqlx::PgConnection;

/// Rows that one statement of [`forget`] deletes at most.
const FORGOTTEN_MAX: i64 = 5_000;

/// Does the account of this address, if there is one, know the browser?
pub(crate) async fn is_known(db: &mut PgConnection, email: &str, hash: &[u8]) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        r"
        SELECT EXISTS (
            SELECT FROM known_browsers b JOIN users u ON u.id = b.user_id WHERE u.email = $1 AND b.hash = $2
        )
        ",
    )
    .bind(email)
    .bind(hash)
    .fetch_one(db)
    .await
}

/// Does any account know the browser? Then the cookie is one that we gave.
pub(crate) async fn is_anybodys(db: &mut PgConnection, hash: &[u8]) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM known_browsers WHERE hash = $1)")
        .bind(hash)
        .fetch_one(db)
        .await
}

/// Notes that the account was used in a browser that it knows; false where it does not.
pub(crate) async fn seen(
    db: &mut PgConnection,
    user: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let seen = sqlx::query("UPDATE known_browsers SET seen_at = $3 WHERE user_id = $1 AND hash = $2")
        .bind(user)
        .bind(hash)
        .bind(now)
        .execute(db)
        .await?;
    Ok(seen.rows_affected() == 1)
}

/// How many browsers the account knows.
pub(crate) async fn count(db: &mut PgConnection, user: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM known_browsers WHERE user_id = $1")
        .bind(user)
        .fetch_one(db)
        .await
}

/// From now on the account knows the browser.
pub(crate) async fn insert(
    db: &mut PgConnection,
    user: UserId,
    hash: &[u8],
    session: SessionId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO known_browsers (user_id, hash, session_id, seen_at) VALUES ($1, $2, $3, $4)")
        .bind(user)
        .bind(hash)
        .bind(session)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// The account forgets the browser that this session made known.
pub(crate) async fn disown(
    db: &mut PgConnection,
    user: UserId,
    session: SessionId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM known_browsers WHERE user_id = $1 AND session_id = $2")
        .bind(user)
        .bind(session)
        .execute(db)
        .await?;
    Ok(())
}

/// The account forgets the browsers that were used longest ago until `keep` are left.
pub(crate) async fn forget_beyond(db: &mut PgConnection, user: UserId, keep: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        DELETE FROM known_browsers WHERE user_id = $1 AND hash IN (
            SELECT hash FROM known_browsers WHERE user_id = $1 ORDER BY seen_at DESC, hash OFFSET $2
        )
        ",
    )
    .bind(user)
    .bind(keep)
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes a batch of browsers that nobody used since; gives how many.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        r"
        DELETE FROM known_browsers WHERE (user_id, hash) IN (
            SELECT user_id, hash FROM known_browsers WHERE seen_at < $1 LIMIT $2
        )
        ",
    )
    .bind(before)
    .bind(FORGOTTEN_MAX)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
