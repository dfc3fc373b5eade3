//! Accounts.

use crate::account::{Account, BanInForce};
use contracts::{
    Timestamp,
    auth::{BannedTickets, Role},
    ids::{BanId, UserId},
};
use sqlx::PgConnection;

#[derive(sqlx::FromRow)]
struct Row {
    id: UserId,
    email: String,
    name: String,
    password_hash: String,
    #[sqlx(try_from = "String")]
    role: Role,
    generation: i64,
    version: i64,
    created_at: Timestamp,
    last_seen_at: Option<Timestamp>,
    email_confirmed_at: Option<Timestamp>,
    ban_id: Option<BanId>,
    ban_reason: Option<String>,
    ban_until: Option<Timestamp>,
    ban_tickets: Option<String>,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let ban = row.ban_id.map(|id| BanInForce {
            id,
            reason: row.ban_reason.unwrap_or_default(),
            until: row.ban_until,
            tickets: row.ban_tickets.and_then(|word| word.parse().ok()).unwrap_or(BannedTickets::Keep),
        });
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            role: row.role,
            generation: row.generation,
            version: row.version,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            email_confirmed_at: row.email_confirmed_at,
            ban,
        }
    }
}

/// The account of that id.
pub(crate) async fn find(db: &mut PgConnection, id: UserId) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as::<_, Row>(
        r"
        SELECT u.*, b.id AS ban_id, b.reason AS ban_reason, b.until AS ban_until, b.tickets AS ban_tickets
        FROM users u LEFT JOIN bans b ON b.user_id = u.id AND b.lifted_at IS NULL
        WHERE u.id = $1
        ",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Account::from))
}

/// The account of that address, in its normal form.
pub(crate) async fn find_by_email(
    db: &mut PgConnection,
    email: &str,
) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as::<_, Row>(
        r"
        SELECT u.*, b.id AS ban_id, b.reason AS ban_reason, b.until AS ban_until, b.tickets AS ban_tickets
        FROM users u LEFT JOIN bans b ON b.user_id = u.id AND b.lifted_at IS NULL
        WHERE u.email = $1
        ",
    )
    .bind(email)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Account::from))
}

/// Locks the account until the end of the transaction, and reads it.
///
/// Everything that gives a token or takes the right to one comes through here, so a token is either of the old
/// generation or was never issued. The lock is a statement of its own: a join in the locking statement would
/// show the bans of the moment before the wait.
pub(crate) async fn lock(db: &mut PgConnection, id: UserId) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR UPDATE").bind(id).execute(&mut *db).await?;
    find(db, id).await
}

/// Locks every admin, in one order, and says how many of them are not banned.
pub(crate) async fn lock_admins(db: &mut PgConnection) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query("SELECT 1 FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE").execute(&mut *db).await?;
    sqlx::query_scalar(
        r"
        SELECT id FROM users u
        WHERE role = 'admin' AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.user_id = u.id AND b.lifted_at IS NULL)
        ",
    )
    .fetch_all(db)
    .await
}

/// Adds an account.
pub(crate) async fn insert(db: &mut PgConnection, account: &Account) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO users (id, email, name, password_hash, role, generation, version, created_at, last_seen_at,
            email_confirmed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ",
    )
    .bind(account.id)
    .bind(&account.email)
    .bind(&account.name)
    .bind(&account.password_hash)
    .bind(account.role.as_str())
    .bind(account.generation)
    .bind(account.version)
    .bind(account.created_at)
    .bind(account.last_seen_at)
    .bind(account.email_confirmed_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Stores what may change of an account that is locked.
pub(crate) async fn update(db: &mut PgConnection, account: &Account) -> Result<(), sqlx::Error> {
    let done = sqlx::query(
        r"
        UPDATE users SET name = $2, password_hash = $3, role = $4, generation = $5, version = $6, email = $7,
            email_confirmed_at = $8, banned = $9
        WHERE id = $1 AND version = $6 - 1
        ",
    )
    .bind(account.id)
    .bind(&account.name)
    .bind(&account.password_hash)
    .bind(account.role.as_str())
    .bind(account.generation)
    .bind(account.version)
    .bind(&account.email)
    .bind(account.email_confirmed_at)
    .bind(account.ban.is_some())
    .execute(db)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// Notes that the person was there.
pub(crate) async fn seen(db: &mut PgConnection, id: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET last_seen_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await?;
    Ok(())
}

/// What somebody is, as far as banning goes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Standing {
    pub(crate) id: UserId,
    pub(crate) email: String,
    #[sqlx(try_from = "String")]
    pub(crate) role: Role,
    pub(crate) banned: bool,
}

/// Everybody of these ids and of these addresses, in their normal form.
pub(crate) async fn standings(
    db: &mut PgConnection,
    ids: &[UserId],
    addresses: &[String],
) -> Result<Vec<Standing>, sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query_as(
        r"
        SELECT id, email, role, banned FROM users WHERE id = ANY($1)
        UNION
        SELECT id, email, role, banned FROM users WHERE email = ANY($2)
        ",
    )
    .bind(ids)
    .bind(addresses)
    .fetch_all(db)
    .await
}

/// Locks accounts until the end of the transaction, in one order, as [`lock`] locks one.
pub(crate) async fn lock_all(db: &mut PgConnection, ids: &[UserId]) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query("SELECT 1 FROM users WHERE id = ANY($1) ORDER BY id FOR UPDATE")
        .bind(ids)
        .execute(db)
        .await?;
    Ok(())
}
