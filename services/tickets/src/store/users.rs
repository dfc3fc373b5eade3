//! The copy of users: how they are called, and whether they are banned.

use crate::error::Error;
use contracts::{auth::BannedTickets, ids::UserId};
use events::auth::User;
use sqlx::PgConnection;

/// Takes a state that is newer than the one known.
pub(crate) async fn copy(db: &mut PgConnection, user: &User) -> sqlx::Result<()> {
    let refused = user.ban.as_ref().is_some_and(|ban| ban.tickets == BannedTickets::Refuse);
    sqlx::query(
        r"
        INSERT INTO users (id, name, banned, tickets_refused, version) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, banned = excluded.banned, tickets_refused = excluded.tickets_refused,
            version = excluded.version
        WHERE users.version < excluded.version
        ",
    )
    .bind(user.id)
    .bind(&user.name)
    .bind(user.ban.is_some())
    .bind(refused)
    .bind(user.version)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that the listings follow this version of the user; false where they follow a later one already.
/// The row stays locked until the commit.
pub(crate) async fn apply_ban(db: &mut PgConnection, user: &User) -> sqlx::Result<bool> {
    let applied = sqlx::query("UPDATE users SET ban_applied = $2 WHERE id = $1 AND ban_applied < $2")
        .bind(user.id)
        .bind(user.version)
        .execute(db)
        .await?;
    Ok(applied.rows_affected() == 1)
}

/// Nobody bans the user between here and the commit, and nobody has. A user without a row yet is not refused.
pub(crate) async fn fence(db: &mut PgConnection, user: UserId) -> Result<(), Error> {
    let banned: Option<(bool,)> = sqlx::query_as("SELECT banned FROM users WHERE id = $1 FOR SHARE")
        .bind(user)
        .fetch_optional(db)
        .await?;
    match banned {
        Some((true,)) => Err(Error::Banned),
        Some((false,)) | None => Ok(()),
    }
}

/// How the user is called; nothing where they are not known here yet.
pub(crate) async fn name(db: &mut PgConnection, user: UserId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(user).fetch_optional(db).await
}
