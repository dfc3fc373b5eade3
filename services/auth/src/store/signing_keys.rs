//! The keys that sign access tokens.

use contracts::Timestamp;
use sqlx::PgConnection;

/// First key of the advisory lock under which the first key is made.
const LOCK: i64 = 0x6175_7468_6b65_7973;

/// A signing key.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) seed: Vec<u8>,
    pub(crate) public: Vec<u8>,
    pub(crate) not_before: Timestamp,
    pub(crate) retires_at: Option<Timestamp>,
}

/// Lets one instance at a time look for a key and make the first.
pub(crate) async fn lock(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(db).await?;
    Ok(())
}

/// The key to sign with: the newest that has begun and does not retire.
pub(crate) async fn current(
    db: &mut PgConnection,
    now: Timestamp,
) -> Result<Option<SigningKey>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT kid, seed, public, not_before, retires_at FROM signing_keys
        WHERE not_before <= $1 AND retires_at IS NULL ORDER BY not_before DESC, kid DESC LIMIT 1
        ",
    )
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Every key whose signatures count or will.
pub(crate) async fn published(db: &mut PgConnection, now: Timestamp) -> Result<Vec<SigningKey>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT kid, seed, public, not_before, retires_at FROM signing_keys
        WHERE retires_at IS NULL OR retires_at > $1 ORDER BY not_before
        ",
    )
    .bind(now)
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
