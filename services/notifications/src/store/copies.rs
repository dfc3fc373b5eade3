//! Copies of users, shows and tickets: full state, newer versions only.

use contracts::{
    Timestamp,
    ids::{OrderId, ShowId, UserId},
    shows::Venue,
    tickets::VoidReason,
};
use events::{
    auth::User,
    tickets::{Show, Ticket},
};
use sqlx::{PgConnection, types::Json};

/// Takes over a user's state; nothing where the copy is as new.
pub(crate) async fn put_user(connection: &mut PgConnection, user: &User) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO users (id, email, name, version) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
        SET email = excluded.email, name = excluded.name, version = excluded.version
        WHERE users.version < excluded.version
        ",
    )
    .bind(user.id)
    .bind(&user.email)
    .bind(&user.name)
    .bind(user.version)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes over a show's state; nothing where the copy is as new.
pub(crate) async fn put_show(connection: &mut PgConnection, show: &Show) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO shows (id, title, starts_at, doors_at, refund_until, venue, status, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE
        SET title = excluded.title, starts_at = excluded.starts_at, doors_at = excluded.doors_at,
            refund_until = excluded.refund_until, venue = excluded.venue, status = excluded.status,
            version = excluded.version
        WHERE shows.version < excluded.version
        ",
    )
    .bind(show.id)
    .bind(&show.title)
    .bind(show.starts_at)
    .bind(show.doors_at)
    .bind(show.refund_until)
    .bind(Json(&show.venue))
    .bind(show.status.as_str())
    .bind(show.version)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes over a ticket's state; nothing where the copy is as new.
pub(crate) async fn put_ticket(connection: &mut PgConnection, ticket: &Ticket) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO tickets (id, order_id, unit_id, listing_name, seat, code, state, version, void_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE
        SET order_id = excluded.order_id, unit_id = excluded.unit_id, listing_name = excluded.listing_name,
            seat = excluded.seat, code = excluded.code, state = excluded.state, version = excluded.version,
            void_reason = excluded.void_reason
        WHERE tickets.version < excluded.version
        ",
    )
    .bind(ticket.id)
    .bind(ticket.order)
    .bind(ticket.unit)
    .bind(&ticket.listing_name)
    .bind(&ticket.seat)
    .bind(&ticket.code)
    .bind(ticket.state.as_str())
    .bind(ticket.version)
    .bind(ticket.void_reason.map(VoidReason::as_str))
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom a letter is for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Reader {
    pub(crate) email: String,
    pub(crate) name: String,
}

/// What a letter says of a show.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ShowCopy {
    pub(crate) title: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) doors_at: Timestamp,
    pub(crate) refund_until: Timestamp,
    #[sqlx(json)]
    pub(crate) venue: Venue,
    pub(crate) status: String,
}

/// What a letter says of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct TicketCopy {
    pub(crate) listing_name: String,
    pub(crate) seat: Option<String>,
    pub(crate) code: String,
}

/// A user.
pub(crate) async fn reader(connection: &mut PgConnection, id: UserId) -> sqlx::Result<Option<Reader>> {
    sqlx::query_as("SELECT email, name FROM users WHERE id = $1").bind(id).fetch_optional(connection).await
}

/// A show.
pub(crate) async fn show(connection: &mut PgConnection, id: ShowId) -> sqlx::Result<Option<ShowCopy>> {
    sqlx::query_as("SELECT title, starts_at, doors_at, refund_until, venue, status FROM shows WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// The tickets of an order that still admit somebody.
pub(crate) async fn live_tickets(
    connection: &mut PgConnection,
    order: OrderId,
) -> sqlx::Result<Vec<TicketCopy>> {
    sqlx::query_as(
        r"
        SELECT listing_name, seat, code FROM tickets WHERE order_id = $1 AND state <> 'void'
        ORDER BY listing_name, length(seat), seat, id
        ",
    )
    .bind(order)
    .fetch_all(connection)
    .await
}

/// May a letter be under way that tells why these tickets of an order are void? Of a refund there is one; where the
/// reason is not known it may be a refund. Tickets that were resold or could not be had bring none.
pub(crate) async fn may_be_refunded(connection: &mut PgConnection, order: OrderId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r"
        SELECT EXISTS (
            SELECT FROM tickets
            WHERE order_id = $1 AND state = 'void' AND (void_reason IS NULL OR void_reason = 'refunded')
        )
        ",
    )
    .bind(order)
    .fetch_one(connection)
    .await
}
