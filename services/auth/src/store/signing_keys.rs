//! The keys that sign access tokens.

use contracts::Timestamp;
use sqlx::PgConnection;

/// The advisory lock under which keys are made and retired.
const LOCK: i64 = 0x6175_7468_6b65_7973;

/// A key with its secret half.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) seed: Vec<u8>,
    pub(crate) public: Vec<u8>,
    pub(crate) not_before: Timestamp,
}

/// The public half of a key.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PublicHalf {
    pub(crate) kid: String,
    pub(crate) public: Vec<u8>,
    pub(crate) not_before: Timestamp,
    pub(crate) retires_at: Option<Timestamp>,
}

/// Lets one process at a time make and retire keys.
pub(crate) async fn lock(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(db).await?;
    Ok(())
}

/// The key to sign with: the newest that has begun and has not retired.
pub(crate) async fn current(
    db: &mut PgConnection,
    now: Timestamp,
) -> Result<Option<SigningKey>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT kid, seed, public, not_before FROM signing_keys
        WHERE not_before <= $1 AND (retires_at IS NULL OR retires_at > $1) AND seed IS NOT NULL
        ORDER BY not_before DESC, kid DESC LIMIT 1
        ",
    )
    .bind(now)
    .fetch_optional(db)
    .await
}

/// When the next key begins, where there is one.
pub(crate) async fn next(db: &mut PgConnection, now: Timestamp) -> Result<Option<Timestamp>, sqlx::Error> {
    let next = "SELECT max(not_before) FROM signing_keys WHERE not_before > $1 AND retires_at IS NULL";
    sqlx::query_scalar(next).bind(now).fetch_one(db).await
}

/// Every key whose signatures count or will, and those that retired after a time: the newest first.
pub(crate) async fn known(
    db: &mut PgConnection,
    retired_after: Timestamp,
    limit: i64,
) -> Result<Vec<PublicHalf>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT kid, public, not_before, retires_at FROM signing_keys
        WHERE retires_at IS NULL OR retires_at > $1 ORDER BY not_before DESC, kid DESC LIMIT $2
        ",
    )
    .bind(retired_after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Adds a key.
pub(crate) async fn insert(
    db: &mut PgConnection,
    key: &SigningKey,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO signing_keys (kid, seed, public, created_at, not_before) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&key.kid)
    .bind(&key.seed)
    .bind(&key.public)
    .bind(now)
    .bind(key.not_before)
    .execute(db)
    .await?;
    Ok(())
}

/// Retires every other key at that time, unless it retires earlier; gives their names.
pub(crate) async fn retire_others(
    db: &mut PgConnection,
    kid: &str,
    at: Timestamp,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        r"
        UPDATE signing_keys SET retires_at = $2
        WHERE kid <> $1 AND (retires_at IS NULL OR retires_at > $2) RETURNING kid
        ",
    )
    .bind(kid)
    .bind(at)
    .fetch_all(db)
    .await
}

/// Forgets the secret halves of keys that have retired, and the names of those that did so before a time.
pub(crate) async fn forget(
    db: &mut PgConnection,
    now: Timestamp,
    retired_before: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE signing_keys SET seed = NULL WHERE retires_at <= $1 AND seed IS NOT NULL")
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM signing_keys WHERE retires_at <= $1").bind(retired_before).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
