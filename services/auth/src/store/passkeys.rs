//! Passkeys.

use contracts::{
    Timestamp,
    ids::{PasskeyId, UserId},
    second_factors::PasskeyView,
};
use serde_json::Value;
use sqlx::PgConnection;

#[derive(sqlx::FromRow)]
struct Row {
    id: PasskeyId,
    name: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    backed_up: bool,
}

/// Passkeys of a user, the oldest first.
pub(crate) async fn of(db: &mut PgConnection, user: UserId) -> Result<Vec<PasskeyView>, sqlx::Error> {
    let rows = sqlx::query_as::<_, Row>(
        r"
        SELECT id, name, created_at, last_used_at, backed_up FROM passkeys
        WHERE user_id = $1 ORDER BY created_at, id
        ",
    )
    .bind(user)
    .fetch_all(db)
    .await?;
    let view = |row: Row| PasskeyView {
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        backed_up: row.backed_up,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A passkey as the database keeps it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct StoredPasskey {
    pub(crate) id: PasskeyId,
    /// Public key, counter and flags.
    pub(crate) credential: Value,
}

/// A passkey to add.
#[derive(Clone, Debug)]
pub(crate) struct NewPasskey<'a> {
    pub(crate) id: PasskeyId,
    pub(crate) user: UserId,
    pub(crate) credential_id: &'a [u8],
    pub(crate) name: &'a str,
    pub(crate) credential: &'a Value,
    pub(crate) backed_up: bool,
}

/// Adds a passkey. The id of its credential must be new, whoever has it.
pub(crate) async fn insert(
    db: &mut PgConnection,
    passkey: NewPasskey<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO passkeys (id, user_id, credential_id, name, credential, backed_up, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ",
    )
    .bind(passkey.id)
    .bind(passkey.user)
    .bind(passkey.credential_id)
    .bind(passkey.name)
    .bind(passkey.credential)
    .bind(passkey.backed_up)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Ids of the credentials that a user has.
pub(crate) async fn credential_ids(db: &mut PgConnection, user: UserId) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar("SELECT credential_id FROM passkeys WHERE user_id = $1").bind(user).fetch_all(db).await
}

/// The passkey of that user with that credential.
pub(crate) async fn find(
    db: &mut PgConnection,
    user: UserId,
    credential_id: &[u8],
) -> Result<Option<StoredPasskey>, sqlx::Error> {
    sqlx::query_as("SELECT id, credential FROM passkeys WHERE user_id = $1 AND credential_id = $2")
        .bind(user)
        .bind(credential_id)
        .fetch_optional(db)
        .await
}

/// Notes a use, and what it changed.
pub(crate) async fn used(
    db: &mut PgConnection,
    id: PasskeyId,
    credential: &Value,
    backed_up: bool,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE passkeys SET credential = $2, backed_up = $3, last_used_at = $4 WHERE id = $1")
        .bind(id)
        .bind(credential)
        .bind(backed_up)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes a passkey of that user away; says whether there was one.
pub(crate) async fn delete(db: &mut PgConnection, user: UserId, id: PasskeyId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM passkeys WHERE id = $2 AND user_id = $1")
        .bind(user)
        .bind(id)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes all passkeys of that user away; gives how many there were.
pub(crate) async fn delete_all(db: &mut PgConnection, user: UserId) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM passkeys WHERE user_id = $1").bind(user).execute(db).await?;
    Ok(done.rows_affected())
}
