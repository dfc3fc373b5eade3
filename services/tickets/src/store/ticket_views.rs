//! Tickets as their holders see them.

use super::{venue, word};
use crate::{code::Codes, ticket::Ticket};
use contracts::{
    Timestamp,
    ids::{OrderId, TicketId, UserId},
    shows::ShowSummary,
    tickets::{TicketState, TicketView},
};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};

/// A ticket with its show and its holder's name.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) ticket: Ticket,
    pub(crate) show: ShowSummary,
    pub(crate) holder_name: String,
    pub(crate) place: Place,
}

/// Where a ticket stands in its holder's list: upcoming shows first, the nearest of either kind first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What counts as upcoming, for the whole list.
    pub(crate) now: Timestamp,
    pub(crate) past: bool,
    pub(crate) distance_us: i64,
    pub(crate) id: TicketId,
}

macro_rules! held {
    ($filter:literal) => {
        concat!(
            r"
            SELECT * FROM (
                SELECT t.*, COALESCE(u.name, '') AS holder_name,
                       s.title, s.starts_at, s.doors_at, s.status AS show_status,
                       s.venue_name, s.venue_address, s.venue_city, s.venue_country, s.venue_timezone,
                       s.starts_at < $2 AS past,
                       abs(extract(epoch FROM s.starts_at - $2) * 1000000)::bigint AS distance_us
                FROM tickets t
                JOIN shows s ON s.id = t.show_id
                LEFT JOIN users u ON u.id = t.holder
                WHERE t.holder = $1
            ) held
            WHERE ",
            $filter
        )
    };
}

/// Whose tickets are wanted, and of which order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owned {
    pub(crate) holder: UserId,
    /// Of any order where absent.
    pub(crate) order: Option<OrderId>,
}

/// The holder's tickets after a place; one more than the limit where there are more.
pub(crate) async fn of_holder(
    db: &mut PgConnection,
    owned: Owned,
    now: Timestamp,
    after: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<Held>> {
    let query = held!(
        r"
        ($3::boolean IS NULL OR (past, distance_us, id) > ($3, $4, $5))
        AND ($7::uuid IS NULL OR order_id = $7)
        ORDER BY past, distance_us, id LIMIT $6
        "
    );
    // Planned anew each time: which index helps depends on whether an order is named.
    sqlx::query(query)
        .persistent(false)
        .bind(owned.holder)
        .bind(now)
        .bind(after.map(|place| place.past))
        .bind(after.map(|place| place.distance_us))
        .bind(after.map(|place| place.id))
        .bind(limit + 1)
        .bind(owned.order)
        .try_map(move |row: PgRow| read(&row, now))
        .fetch_all(db)
        .await
}

/// One ticket, where it is the holder's.
pub(crate) async fn find(
    db: &mut PgConnection,
    holder: UserId,
    id: TicketId,
    now: Timestamp,
) -> sqlx::Result<Option<Held>> {
    sqlx::query(held!("id = $3"))
        .bind(holder)
        .bind(now)
        .bind(id)
        .try_map(move |row: PgRow| read(&row, now))
        .fetch_optional(db)
        .await
}

fn read(row: &PgRow, now: Timestamp) -> sqlx::Result<Held> {
    let ticket = Ticket::from_row(row)?;
    let place =
        Place { now, past: row.try_get("past")?, distance_us: row.try_get("distance_us")?, id: ticket.id };
    let show = ShowSummary {
        id: ticket.show,
        title: row.try_get("title")?,
        starts_at: row.try_get("starts_at")?,
        doors_at: row.try_get("doors_at")?,
        venue: venue(row)?,
        status: word(row, "show_status")?,
    };
    Ok(Held { ticket, show, holder_name: row.try_get("holder_name")?, place })
}

impl Held {
    /// What the holder sees.
    pub(crate) fn view(self, codes: &Codes) -> TicketView {
        let resale_cap = self.ticket.resale_cap();
        let listed = self.ticket.state == TicketState::Listed;
        TicketView {
            id: self.ticket.id,
            show: self.show,
            order_id: self.ticket.order,
            listing_name: self.ticket.listing_name,
            seat: self.ticket.seat,
            holder_name: self.holder_name,
            code: codes.code(self.ticket.id),
            state: self.ticket.state,
            void_reason: self.ticket.void_reason,
            face_value: self.ticket.face_value,
            resale_cap,
            resale_listing_id: self.ticket.resale_listing.filter(|_| listed),
            checked_in_at: self.ticket.checked_in_at,
            issued_at: self.ticket.issued_at,
        }
    }
}
