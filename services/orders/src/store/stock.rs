//! How many units a listing has, shall have, and says that it has.

use super::units;
use contracts::{
    ids::{ListingId, ShowId},
    shows::Stock,
};
use events::{
    orders::{ListingFact, ListingStock, StockFact, WithdrawnListing},
    outbox::{self, PublishError},
};
use sqlx::{PgConnection, PgTransaction};
use std::collections::HashSet;

#[derive(sqlx::FromRow)]
struct Target {
    seats: Vec<String>,
    wanted: i32,
    present: i64,
}

/// Marks listings whose figures may have changed.
pub(crate) async fn mark(connection: &mut PgConnection, listings: &[ListingId]) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO dirty_listings (listing_id) SELECT * FROM unnest($1::uuid[])")
        .bind(listings)
        .execute(connection)
        .await?;
    Ok(())
}

/// The listings of a show, in the order in which they are to be locked.
pub(crate) async fn listings_of(connection: &mut PgConnection, show: ShowId) -> sqlx::Result<Vec<ListingId>> {
    sqlx::query_scalar("SELECT id FROM listings WHERE show_id = $1 ORDER BY id")
        .bind(show)
        .fetch_all(connection)
        .await
}

/// Adds the units that a listing lacks, or withdraws free ones that are too many. What is too many but not free
/// is noted as `excess` and withdrawn as soon as it becomes free.
pub(crate) async fn reconcile(connection: &mut PgConnection, listing: ListingId) -> sqlx::Result<()> {
    // The lock first, in a statement of its own: the next one then sees what its last holder committed. Not the
    // stronger FOR UPDATE: a unit that is freed and taken in one transaction has its foreign key checked anew,
    // which would wait for it, and deadlock.
    sqlx::query("SELECT FROM listings WHERE id = $1 FOR NO KEY UPDATE")
        .bind(listing)
        .execute(&mut *connection)
        .await?;
    let Some(target) = target(connection, listing).await? else { return Ok(()) };
    if target.wanted > 0 && !target.seats.is_empty() {
        add_seats(connection, listing).await?;
        // Seats are what they are called: the number that is there never tells that one too many is.
        units::withdraw(connection, listing, 0).await?;
    } else {
        let difference = i64::from(target.wanted) - target.present;
        if difference > 0 {
            add_any(connection, listing, difference).await?;
        }
        let excess = i32::try_from((-difference).max(0)).unwrap_or(i32::MAX);
        units::withdraw(connection, listing, excess).await?;
    }
    Ok(())
}

/// Nothing is wanted of a listing that ended, or whose show will not take place.
async fn target(connection: &mut PgConnection, listing: ListingId) -> sqlx::Result<Option<Target>> {
    sqlx::query_as(
        r"
        SELECT l.seats,
            CASE WHEN l.status = 'withdrawn' OR s.status = 'cancelled' THEN 0 ELSE l.quantity END AS wanted,
            (SELECT count(*) FROM units u WHERE u.listing_id = l.id AND u.state <> 'withdrawn') AS present
        FROM listings l LEFT JOIN shows s ON s.id = l.show_id
        WHERE l.id = $1
        ",
    )
    .bind(listing)
    .fetch_optional(connection)
    .await
}

async fn add_any(connection: &mut PgConnection, listing: ListingId, count: i64) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO units (listing_id) SELECT $1 FROM generate_series(1, $2)")
        .bind(listing)
        .bind(count)
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds the seats that are missing and withdraws free ones that are no longer named.
async fn add_seats(connection: &mut PgConnection, listing: ListingId) -> sqlx::Result<()> {
    sqlx::query(
        r"
        WITH picked AS MATERIALIZED (
            SELECT u.id FROM units u JOIN listings l ON l.id = u.listing_id
            WHERE u.listing_id = $1 AND u.state = 'free' AND NOT (u.seat = ANY (l.seats))
            FOR UPDATE OF u SKIP LOCKED
        )
        UPDATE units SET state = 'withdrawn' FROM picked WHERE units.id = picked.id
        ",
    )
    .bind(listing)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        r"
        INSERT INTO units (listing_id, seat)
        SELECT l.id, named.seat FROM listings l
        CROSS JOIN LATERAL unnest(l.seats) WITH ORDINALITY AS named (seat, place)
        WHERE l.id = $1
        ORDER BY named.place
        ON CONFLICT (listing_id, seat) WHERE seat IS NOT NULL AND state <> 'withdrawn' DO NOTHING
        ",
    )
    .bind(listing)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Due {
    listing_id: ListingId,
    crowded: bool,
}

#[derive(sqlx::FromRow)]
struct Figures {
    show_id: ShowId,
    ended: bool,
    resale: bool,
    granted: bool,
    free: i64,
    expired: i64,
    held: i64,
    sold: i64,
    /// Every seat of a seated listing, and those that can be had now.
    seats: Vec<String>,
    open_seats: Vec<String>,
}

/// Publishes the figures of listings that changed, and grants withdrawals. Gives how many listings it saw.
pub(crate) async fn publish_dirty(tx: &mut PgTransaction<'_>, limit: i64) -> Result<usize, PublishError> {
    let due = take_dirty(tx, limit).await?;
    for listing in &due {
        if listing.crowded {
            reconcile(tx, listing.listing_id).await?;
        }
        let figures = publish_one(tx, listing.listing_id).await?;
        if listing.crowded && figures.free > 0 {
            // Somebody has them locked at this moment; should they let them go, they are to be withdrawn.
            mark(tx, &[listing.listing_id]).await?;
        }
    }
    Ok(due.len())
}

/// At most four times a second per listing, whichever instance does it.
async fn take_dirty(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<Due>> {
    sqlx::query_as(
        r"
        WITH due AS MATERIALIZED (
            SELECT DISTINCT d.listing_id FROM dirty_listings d
            WHERE NOT EXISTS (
                SELECT FROM stock s
                WHERE s.listing_id = d.listing_id AND s.changed_at > clock_timestamp() - interval '245 ms'
            )
            ORDER BY d.listing_id LIMIT $1
        ),
        taken AS (DELETE FROM dirty_listings d USING due WHERE d.listing_id = due.listing_id)
        SELECT l.id AS listing_id, l.excess > 0 AS crowded
        FROM due JOIN listings l ON l.id = due.listing_id ORDER BY l.id
        ",
    )
    .bind(limit)
    .fetch_all(connection)
    .await
}

async fn publish_one(tx: &mut PgTransaction<'_>, listing: ListingId) -> Result<Figures, PublishError> {
    // The lock first, in a statement of its own: older figures must not get a newer version.
    sqlx::query(
        r"
        INSERT INTO stock (listing_id) VALUES ($1)
        ON CONFLICT (listing_id) DO UPDATE SET listing_id = excluded.listing_id
        ",
    )
    .bind(listing)
    .execute(&mut **tx)
    .await?;
    let figures = figures(tx, listing).await?;
    let (stock, taken_seats) = (figures.stock(), figures.taken_seats());
    let version: Option<i64> = sqlx::query_scalar(
        r"
        UPDATE stock
        SET total = $2, held = $3, sold = $4, free = $5, taken_seats = $6, version = version + 1,
            changed_at = clock_timestamp()
        WHERE listing_id = $1 AND (
            version = 0
            OR (total, held, sold, free, taken_seats) IS DISTINCT FROM ($2, $3, $4, $5, $6)
        )
        RETURNING version
        ",
    )
    .bind(listing)
    .bind(stock.total.cast_signed())
    .bind(stock.held.cast_signed())
    .bind(stock.sold.cast_signed())
    .bind(stock.free.cast_signed())
    .bind(&taken_seats)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(version) = version {
        let state = ListingStock { listing, show: figures.show_id, stock, taken_seats, version };
        outbox::publish(tx, StockFact::Changed, &state).await?;
    }
    if figures.may_be_granted() {
        grant_withdrawal(tx, listing).await?;
    }
    Ok(figures)
}

/// A hold whose time is over counts as free: the next buyer may take it.
async fn figures(connection: &mut PgConnection, listing: ListingId) -> sqlx::Result<Figures> {
    sqlx::query_as(
        r"
        SELECT l.show_id, l.status = 'withdrawn' AS ended, l.kind = 'resale' AS resale,
            l.withdrawn_at IS NOT NULL AS granted, l.seats, counted.*
        FROM listings l CROSS JOIN LATERAL (
            SELECT
                count(*) FILTER (WHERE u.state = 'free') AS free,
                count(*) FILTER (WHERE u.state = 'held' AND o.expires_at <= clock_timestamp()) AS expired,
                count(*) FILTER (WHERE u.state = 'committed'
                    OR (u.state = 'held' AND o.expires_at > clock_timestamp())) AS held,
                count(*) FILTER (WHERE u.state = 'sold') AS sold,
                COALESCE(array_agg(u.seat) FILTER (WHERE u.seat IS NOT NULL AND (u.state = 'free'
                    OR (u.state = 'held' AND o.expires_at <= clock_timestamp()))), '{}') AS open_seats
            FROM units u LEFT JOIN orders o ON u.state = 'held' AND o.id = u.order_id
            WHERE u.listing_id = l.id AND u.state <> 'withdrawn'
        ) counted
        WHERE l.id = $1
        ",
    )
    .bind(listing)
    .fetch_one(connection)
    .await
}

impl Figures {
    fn stock(&self) -> Stock {
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        Stock {
            total: count(self.free + self.expired + self.held + self.sold),
            held: count(self.held),
            sold: count(self.sold),
            free: count(self.free + self.expired),
        }
    }

    /// In the order of the listing. A seat without a unit was withdrawn, so it is taken too.
    fn taken_seats(&self) -> Vec<String> {
        let open: HashSet<&String> = self.open_seats.iter().collect();
        self.seats.iter().filter(|seat| !open.contains(seat)).cloned().collect()
    }

    /// Can nothing of the ended listing be sold any more? A free unit may be in a hold that is about to commit.
    /// While somebody has what a resale listing sold, its seller is not told that the ticket is theirs again. Once that
    /// buyer is refunded too the unit is withdrawn, and this is granted; the ticket stays void all the same, because
    /// it is no longer listed when `tickets` hears of it.
    fn may_be_granted(&self) -> bool {
        let nothing_open = self.free + self.expired + self.held == 0;
        self.ended && !self.granted && nothing_open && !(self.resale && self.sold > 0)
    }
}

async fn grant_withdrawal(tx: &mut PgTransaction<'_>, listing: ListingId) -> Result<(), PublishError> {
    let version: Option<i64> = sqlx::query_scalar(
        r"
        UPDATE listings SET withdrawn_at = clock_timestamp()
        WHERE id = $1 AND status = 'withdrawn' AND withdrawn_at IS NULL
        RETURNING version
        ",
    )
    .bind(listing)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(version) = version {
        outbox::publish(tx, ListingFact::Withdrawn, &WithdrawnListing { listing, version }).await?;
    }
    Ok(())
}
