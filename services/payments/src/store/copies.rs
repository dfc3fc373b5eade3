//! Copies of users and orders: full state, newer versions only.

use events::{auth::User, orders::Order};
use sqlx::{PgConnection, types::Json};

/// Takes over a user's state; nothing where the copy is as new.
pub(crate) async fn put_user(connection: &mut PgConnection, user: &User) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO users (id, banned, version) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET banned = excluded.banned, version = excluded.version
        WHERE users.version < excluded.version
        ",
    )
    .bind(user.id)
    .bind(user.ban.is_some())
    .bind(user.version)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes over an order's state; nothing where the copy is as new. The row is locked either way.
pub(crate) async fn put_order(connection: &mut PgConnection, order: &Order) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO orders (id, buyer, status, cancel_reason, total, fee, currency, items, expires_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE
        SET buyer = excluded.buyer, status = excluded.status, cancel_reason = excluded.cancel_reason,
            total = excluded.total, fee = excluded.fee, currency = excluded.currency, items = excluded.items,
            expires_at = excluded.expires_at, version = excluded.version
        WHERE orders.version < excluded.version
        ",
    )
    .bind(order.id)
    .bind(order.buyer)
    .bind(order.status.as_str())
    .bind(order.cancel_reason.map(contracts::orders::CancelReason::as_str))
    .bind(order.total.amount)
    .bind(order.fee.amount)
    .bind(order.total.currency.code())
    .bind(Json(&order.items))
    .bind(order.expires_at)
    .bind(order.version)
    .execute(connection)
    .await?;
    Ok(())
}

/// Is the user banned? Somebody without a row yet is not.
pub(crate) async fn is_banned(
    connection: &mut PgConnection,
    user: contracts::ids::UserId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM users WHERE id = $1 AND banned)")
        .bind(user)
        .fetch_one(connection)
        .await
}
