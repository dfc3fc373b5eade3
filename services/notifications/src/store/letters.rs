//! Letters that shall be written.

use crate::letter::{Kind, Notice};
use contracts::ids::{MailId, OrderId, ShowId, UserId};
use events::{auth::User, orders::Order};
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

/// What a letter may wait for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting {
    Recipient(UserId),
    Show(ShowId),
    /// Its tickets, or what else becomes of it.
    Order(OrderId),
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

/// Takes letters that are to be looked at; each time that one is looked at, it is left alone for longer: 200 ms,
/// 400 ms, … 30 s. So letters that wait are in nobody's way, however many they are.
pub(crate) async fn claim(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<MailId>> {
    sqlx::query_scalar(
        r"
        UPDATE letters SET looks = looks + 1,
            look_at = clock_timestamp() + least(200 * 2 ^ least(looks, 10), 30000) * interval '1 ms'
        WHERE id IN (
            SELECT id FROM letters WHERE written_at IS NULL AND look_at <= clock_timestamp()
            ORDER BY look_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
        )
        RETURNING id
        ",
    )
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// Those of the letters that can be written now: reader, show and every ticket are known.
pub(crate) async fn ready(connection: &mut PgConnection, ids: &[MailId]) -> sqlx::Result<Vec<Ready>> {
    sqlx::query_as(
        r"
        SELECT id, kind, recipient, order_id, show_id, details FROM letters l
        WHERE id = ANY ($1) AND written_at IS NULL
            AND EXISTS (SELECT FROM users WHERE id = l.recipient)
            AND EXISTS (SELECT FROM shows WHERE id = l.show_id)
            AND (SELECT count(DISTINCT unit_id) FROM tickets WHERE order_id = l.order_id) >= l.tickets
        ORDER BY asked_at
        ",
    )
    .bind(ids.iter().map(|id| id.uuid()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await
}

/// In the order of their ids, so that two who let the same letters be looked at do not wait for each other.
macro_rules! look_again_where {
    ($column:literal) => {
        concat!(
            "UPDATE letters SET look_at = clock_timestamp(), looks = 0
             WHERE id IN (
                 SELECT id FROM letters WHERE written_at IS NULL AND ",
            $column,
            " = $1 ORDER BY id FOR NO KEY UPDATE
             )"
        )
    };
}

/// Something that letters may wait for has come: they are looked at now, and often again.
///
/// A letter that is asked for at the same time may be missed here; it looks for itself a moment later.
pub(crate) async fn look_again(connection: &mut PgConnection, waiting: Waiting) -> sqlx::Result<()> {
    let (sql, id) = match waiting {
        Waiting::Recipient(id) => (look_again_where!("recipient"), id.uuid()),
        Waiting::Show(id) => (look_again_where!("show_id"), id.uuid()),
        Waiting::Order(id) => (look_again_where!("order_id"), id.uuid()),
    };
    sqlx::query(sql).bind(id).execute(connection).await?;
    Ok(())
}

/// Notes a letter about an account, which is written at once. False where this was told before.
pub(crate) async fn note_written(
    connection: &mut PgConnection,
    id: MailId,
    user: &User,
    notice: Notice<'_>,
) -> sqlx::Result<bool> {
    let noted = sqlx::query(
        r"
        INSERT INTO letters (id, kind, recipient, account_version, details, written_at)
        VALUES ($1, $2, $3, $4, $5, clock_timestamp())
        ON CONFLICT (recipient, kind, account_version) DO NOTHING
        ",
    )
    .bind(id)
    .bind(notice.as_str())
    .bind(user.id)
    .bind(user.version)
    .bind(Json(&user.ban))
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Notes a letter that auth asked for, which is written at once. False where this was told before.
pub(crate) async fn note_notice(
    connection: &mut PgConnection,
    id: MailId,
    notice: &events::auth::Notice,
) -> sqlx::Result<bool> {
    let noted = sqlx::query(
        r"
        INSERT INTO letters (id, kind, recipient, details, written_at) VALUES ($1, $2, $3, 'null', clock_timestamp())
        ON CONFLICT (id) DO NOTHING
        ",
    )
    .bind(id)
    .bind(notice.kind.as_str())
    .bind(notice.user)
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() == 1)
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
    sqlx::query("UPDATE letters SET look_at = clock_timestamp() + interval '1 minute' WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
