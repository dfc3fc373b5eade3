//! Letters that shall be written.

use crate::letter::Kind;
use contracts::ids::{MailId, OrderId, ShowId, UserId};
use events::orders::Order;
use sqlx::{PgConnection, types::Json};

/// The buyer of an order shall be told of something.
pub(crate) struct Asked {
    pub(crate) order: OrderId,
    pub(crate) kind: Kind,
    pub(crate) recipient: UserId,
    pub(crate) show: ShowId,
    pub(crate) tickets: i32,
    pub(crate) details: Order,
}

/// A letter whose parts are all known.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Ready {
    pub(crate) id: MailId,
    #[sqlx(try_from = "String")]
    pub(crate) kind: Kind,
    pub(crate) recipient: UserId,
    pub(crate) order_id: OrderId,
    pub(crate) show_id: ShowId,
    #[sqlx(json)]
    pub(crate) details: Order,
}

/// Asks for a letter, once per order and kind.
pub(crate) async fn ask(connection: &mut PgConnection, letter: &Asked) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO letters (id, order_id, kind, recipient, show_id, tickets, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (order_id, kind) DO NOTHING
        ",
    )
    .bind(service::new_id::<MailId>())
    .bind(letter.order)
    .bind(letter.kind.as_str())
    .bind(letter.recipient)
    .bind(letter.show)
    .bind(letter.tickets)
    .bind(Json(&letter.details))
    .execute(connection)
    .await?;
    Ok(())
}

/// Letters that can be written now: reader, show and every ticket are known. Those that still wait for something
/// are in nobody's way.
pub(crate) async fn ready(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<Ready>> {
    sqlx::query_as(
        r"
        SELECT id, kind, recipient, order_id, show_id, details FROM letters l
        WHERE written_at IS NULL
            AND EXISTS (SELECT FROM users WHERE id = l.recipient)
            AND EXISTS (SELECT FROM shows WHERE id = l.show_id)
            AND (SELECT count(DISTINCT unit_id) FROM tickets WHERE order_id = l.order_id) >= l.tickets
            AND (put_off_until IS NULL OR put_off_until <= clock_timestamp())
        ORDER BY asked_at LIMIT $1
        ",
    )
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// Is the buyer of an order told of this, or shall they be?
pub(crate) async fn is_asked(
    connection: &mut PgConnection,
    order: OrderId,
    kind: Kind,
) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM letters WHERE order_id = $1 AND kind = $2)")
        .bind(order)
        .bind(kind.as_str())
        .fetch_one(connection)
        .await
}

/// How many letters have waited for longer than messages usually take, in seconds.
pub(crate) async fn overdue(connection: &mut PgConnection, seconds: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        r"
        SELECT count(*) FROM letters
        WHERE written_at IS NULL AND asked_at < clock_timestamp() - $1 * interval '1 second'
        ",
    )
    .bind(seconds)
    .fetch_one(connection)
    .await
}

/// Notes that a letter was written, or is pointless; false where somebody else did.
pub(crate) async fn done(connection: &mut PgConnection, id: MailId) -> sqlx::Result<bool> {
    let done =
        sqlx::query("UPDATE letters SET written_at = clock_timestamp() WHERE id = $1 AND written_at IS NULL")
            .bind(id)
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// A letter that could not be written is tried again later, so that it is in nobody's way.
pub(crate) async fn put_off(connection: &mut PgConnection, id: MailId) -> sqlx::Result<()> {
    sqlx::query("UPDATE letters SET put_off_until = clock_timestamp() + interval '1 minute' WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
