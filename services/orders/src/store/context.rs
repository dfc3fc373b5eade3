//! What a hold must know before it may take units.

use super::row::{OrderRow, ShowRow, order_columns, show_columns};
use crate::order::Order;
use contracts::{
    Currency, Money, Timestamp,
    ids::{ListingId, OrderId, ShowId, TicketId, UserId},
    listings::ListingStatus,
    shows::{ShowStatus, ShowSummary},
};
use sqlx::PgConnection;

/// Makes requests of one buyer wait for each other, until the transaction ends. Taken before any other lock.
pub(crate) async fn lock_buyer(connection: &mut PgConnection, buyer: UserId) -> sqlx::Result<()> {
    // The second half of a UUIDv7 is random. Two buyers of one key only wait for each other.
    let (_, key) = buyer.uuid().as_u64_pair();
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key.cast_signed()).execute(connection).await?;
    Ok(())
}

/// An order of the buyer that bears upon a new one.
#[derive(Debug)]
pub(crate) struct Related {
    pub(crate) order: Order,
    pub(crate) show: ShowSummary,
    pub(crate) key: String,
    pub(crate) request: serde_json::Value,
}

#[derive(sqlx::FromRow)]
struct RelatedRow {
    #[sqlx(flatten)]
    order: OrderRow,
    #[sqlx(flatten)]
    show: ShowRow,
    idempotency_key: String,
    request: serde_json::Value,
}

/// The buyer's order of this key and those that await payment.
pub(crate) async fn related(
    connection: &mut PgConnection,
    buyer: UserId,
    key: &str,
) -> sqlx::Result<Vec<Related>> {
    let rows: Vec<RelatedRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        ", ",
        show_columns!(),
        ", o.idempotency_key, o.request FROM orders o JOIN shows s ON s.id = o.show_id \
         WHERE o.buyer = $1 AND (o.idempotency_key = $2 OR o.status = 'awaiting_payment')"
    ))
    .bind(buyer)
    .bind(key)
    .fetch_all(connection)
    .await?;
    let related = |row: RelatedRow| {
        Ok(Related {
            order: row.order.try_into()?,
            show: row.show.into(),
            key: row.idempotency_key,
            request: row.request,
        })
    };
    rows.into_iter().map(related).collect()
}

/// A listing as a buyer finds it, with its show, at the orders database's time.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) listing: ListingId,
    pub(crate) seller: UserId,
    pub(crate) name: String,
    pub(crate) price: Money,
    pub(crate) fee: Money,
    pub(crate) max_per_order: u32,
    pub(crate) resale_of: Option<TicketId>,
    pub(crate) resale_order: Option<OrderId>,
    pub(crate) show: ShowSummary,
    pub(crate) hold_seconds: u32,
    pub(crate) now: Timestamp,
    status: ListingStatus,
    sale_starts_at: Option<Timestamp>,
    sale_ends_at: Option<Timestamp>,
    seller_banned: bool,
}

#[derive(sqlx::FromRow)]
struct OfferRow {
    listing_id: ListingId,
    seller: UserId,
    name: String,
    price: i64,
    listing_fee: i64,
    #[sqlx(try_from = "String")]
    listing_currency: Currency,
    max_per_order: i32,
    sale_starts_at: Option<Timestamp>,
    sale_ends_at: Option<Timestamp>,
    #[sqlx(try_from = "String")]
    listing_status: ListingStatus,
    resale_of: Option<TicketId>,
    resale_order: Option<OrderId>,
    seller_banned: bool,
    hold_seconds: i32,
    now: Timestamp,
    #[sqlx(flatten)]
    show: ShowRow,
}

/// The listings that are known here together with their show.
pub(crate) async fn offers(
    connection: &mut PgConnection,
    listings: &[ListingId],
) -> sqlx::Result<Vec<Offer>> {
    let rows: Vec<OfferRow> = sqlx::query_as(concat!(
        "SELECT l.id AS listing_id, l.seller, l.name, l.price, l.fee AS listing_fee, \
         l.currency AS listing_currency, l.max_per_order, l.sale_starts_at, l.sale_ends_at, \
         l.status AS listing_status, l.resale_of, l.resale_order, \
         EXISTS (SELECT FROM users u WHERE u.id = l.seller AND u.banned) AS seller_banned, \
         s.hold_seconds, clock_timestamp() AS now, ",
        show_columns!(),
        " FROM listings l JOIN shows s ON s.id = l.show_id WHERE l.id = ANY($1)"
    ))
    .bind(listings)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

impl From<OfferRow> for Offer {
    fn from(row: OfferRow) -> Self {
        Self {
            listing: row.listing_id,
            seller: row.seller,
            name: row.name,
            price: Money::new(row.price, row.listing_currency),
            fee: Money::new(row.listing_fee, row.listing_currency),
            max_per_order: row.max_per_order.unsigned_abs(),
            resale_of: row.resale_of,
            resale_order: row.resale_order,
            show: row.show.into(),
            hold_seconds: row.hold_seconds.unsigned_abs(),
            now: row.now,
            status: row.listing_status,
            sale_starts_at: row.sale_starts_at,
            sale_ends_at: row.sale_ends_at,
            seller_banned: row.seller_banned,
        }
    }
}

impl Offer {
    /// Why it cannot be bought now, if it cannot.
    pub(crate) fn not_on_sale(&self) -> Option<&'static str> {
        if self.show.status == ShowStatus::Cancelled {
            return Some("The show was cancelled");
        }
        if self.show.starts_at <= self.now {
            return Some("The show has begun");
        }
        if self.status != ListingStatus::OnSale || self.seller_banned {
            return Some("The listing is not on sale");
        }
        if self.sale_starts_at.is_some_and(|starts| self.now < starts) {
            return Some("The sale has not begun");
        }
        self.sale_ends_at.is_some_and(|ends| ends <= self.now).then_some("The sale has ended")
    }

    /// Which show it is for.
    pub(crate) fn show_id(&self) -> ShowId {
        self.show.id
    }
}
