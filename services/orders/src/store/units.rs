//! Units: taken, committed, sold and let go.
//!
//! No deadlock is possible between buyers: any units are taken with SKIP LOCKED, named ones are locked in the
//! order of their ids, and the units of an order are touched only by who has locked the order. One does without that
//! lock: `jobs/return_resold.rs`. Its orders are refunded, so nobody else touches their units any more, and a kept unit
//! is let go only by who has deleted its row of `resold_units`.

use contracts::ids::{ListingId, OrderId, UnitId};
use sqlx::PgConnection;

/// What is wanted of one listing.
#[derive(Clone, Debug)]
pub(crate) struct Want {
    pub(crate) listing: ListingId,
    pub(crate) units: WantedUnits,
}

/// Which units are wanted.
#[derive(Clone, Debug)]
pub(crate) enum WantedUnits {
    /// This many, whichever.
    Any(u32),
    /// These seats.
    Seats(Vec<String>),
}

/// A unit that was taken.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Taken {
    pub(crate) id: UnitId,
    pub(crate) listing_id: ListingId,
    pub(crate) seat: Option<String>,
}

impl Want {
    /// How many units are wanted.
    pub(crate) fn count(&self) -> usize {
        match &self.units {
            WantedUnits::Any(count) => *count as usize,
            WantedUnits::Seats(seats) => seats.len(),
        }
    }

    /// What is still missing after some were taken; nothing where all are there.
    pub(crate) fn without(self, taken: &[Taken]) -> Option<Self> {
        let ours = || taken.iter().filter(|unit| unit.listing_id == self.listing);
        let units = match self.units {
            WantedUnits::Any(count) => {
                let missing = count.saturating_sub(u32::try_from(ours().count()).unwrap_or(u32::MAX));
                (missing > 0).then_some(WantedUnits::Any(missing))
            }
            WantedUnits::Seats(mut seats) => {
                seats.retain(|seat| !ours().any(|unit| unit.seat.as_ref() == Some(seat)));
                (!seats.is_empty()).then_some(WantedUnits::Seats(seats))
            }
        };
        units.map(|units| Self { listing: self.listing, units })
    }
}

/// What is wanted as two columns: a listing, and a seat or none where any will do.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) listings: Vec<ListingId>,
    pub(crate) seats: Vec<Option<String>>,
}

impl Places {
    pub(crate) fn of(wants: &[Want]) -> Self {
        let mut places = Self::default();
        for want in wants {
            let seats = match &want.units {
                WantedUnits::Any(_) => vec![None],
                WantedUnits::Seats(seats) => seats.iter().cloned().map(Some).collect(),
            };
            places.listings.extend(seats.iter().map(|_| want.listing));
            places.seats.extend(seats);
        }
        places
    }
}

/// Takes free units for an order; may be fewer than wanted.
pub(crate) async fn take(
    connection: &mut PgConnection,
    order: OrderId,
    wants: &[Want],
) -> sqlx::Result<Vec<Taken>> {
    let (mut listings, mut counts) = (Vec::new(), Vec::new());
    let (mut seat_listings, mut seat_names) = (Vec::new(), Vec::new());
    for want in wants {
        match &want.units {
            WantedUnits::Any(count) => {
                listings.push(want.listing);
                counts.push(i64::from(*count));
            }
            WantedUnits::Seats(seats) => {
                seat_listings.extend(seats.iter().map(|_| want.listing));
                seat_names.extend(seats.iter().cloned());
            }
        }
    }
    let mut taken = Vec::new();
    // Named ones first: they may wait, and who waits should not keep others' units locked.
    if !seat_names.is_empty() {
        taken.extend(take_seats(connection, order, &seat_listings, &seat_names).await?);
    }
    if !counts.is_empty() {
        taken.extend(take_any(connection, order, &listings, &counts).await?);
    }
    Ok(taken)
}

async fn take_any(
    connection: &mut PgConnection,
    order: OrderId,
    listings: &[ListingId],
    counts: &[i64],
) -> sqlx::Result<Vec<Taken>> {
    sqlx::query_as(
        r"
        WITH picked AS MATERIALIZED (
            SELECT u.id
            FROM unnest($2::uuid[], $3::bigint[]) AS w (listing_id, count)
            CROSS JOIN LATERAL (
                SELECT id FROM units
                WHERE listing_id = w.listing_id AND state = 'free'
                ORDER BY id LIMIT w.count
                FOR UPDATE SKIP LOCKED
            ) u
        )
        UPDATE units SET state = 'held', order_id = $1
        FROM picked WHERE units.id = picked.id AND units.state = 'free'
        RETURNING units.id, units.listing_id, units.seat
        ",
    )
    .bind(order)
    .bind(listings)
    .bind(counts)
    .fetch_all(connection)
    .await
}

async fn take_seats(
    connection: &mut PgConnection,
    order: OrderId,
    listings: &[ListingId],
    seats: &[String],
) -> sqlx::Result<Vec<Taken>> {
    sqlx::query_as(
        r"
        WITH picked AS MATERIALIZED (
            SELECT u.id
            FROM units u
            JOIN unnest($2::uuid[], $3::text[]) AS w (listing_id, seat)
                ON w.listing_id = u.listing_id AND w.seat = u.seat
            WHERE u.state = 'free'
            ORDER BY u.id
            FOR UPDATE OF u
        )
        UPDATE units SET state = 'held', order_id = $1
        FROM picked WHERE units.id = picked.id AND units.state = 'free'
        RETURNING units.id, units.listing_id, units.seat
        ",
    )
    .bind(order)
    .bind(listings)
    .bind(seats)
    .fetch_all(connection)
    .await
}

/// Gives what an order holds to the one that takes its place.
pub(crate) async fn hand_on(connection: &mut PgConnection, from: OrderId, to: OrderId) -> sqlx::Result<()> {
    sqlx::query(
        r"
        WITH ended AS (UPDATE order_units SET live = false WHERE order_id = $1 AND live)
        UPDATE units SET order_id = $2 WHERE order_id = $1 AND state = 'held'
        ",
    )
    .bind(from)
    .bind(to)
    .execute(connection)
    .await?;
    Ok(())
}

/// From here on no deadline and no takeover reaches the order's units.
pub(crate) async fn commit(connection: &mut PgConnection, order: OrderId) -> sqlx::Result<()> {
    sqlx::query("UPDATE units SET state = 'committed' WHERE order_id = $1 AND state = 'held'")
        .bind(order)
        .execute(connection)
        .await?;
    Ok(())
}

/// The order is paid.
pub(crate) async fn sell(connection: &mut PgConnection, order: OrderId) -> sqlx::Result<()> {
    sqlx::query(
        r"
        WITH sold AS (
            UPDATE units SET state = 'sold' WHERE order_id = $1 AND state IN ('held', 'committed')
            RETURNING listing_id
        )
        INSERT INTO dirty_listings (listing_id) SELECT DISTINCT listing_id FROM sold
        ",
    )
    .bind(order)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets the units of ended orders go: free again, or withdrawn where their listing has more than its target.
/// Units that are kept because they were resold stay. What was bought of a resale is never for sale again: its
/// ticket has left who offered it.
pub(crate) async fn release(connection: &mut PgConnection, orders: &[OrderId]) -> sqlx::Result<()> {
    let listings: Vec<ListingId> = sqlx::query_scalar(
        r"
        WITH freed AS (
            UPDATE units SET order_id = NULL, state = CASE
                WHEN units.state = 'sold' AND l.kind = 'resale' THEN 'withdrawn' ELSE 'free'
            END
            FROM listings l
            WHERE units.order_id = ANY($1) AND l.id = units.listing_id
                AND NOT EXISTS (SELECT FROM resold_units kept WHERE kept.unit_id = units.id)
            RETURNING units.listing_id
        ),
        ended AS (
            UPDATE order_units SET live = false
            WHERE order_id = ANY($1) AND live
                AND NOT EXISTS (SELECT FROM resold_units kept WHERE kept.unit_id = order_units.unit_id)
        ),
        touched AS (SELECT DISTINCT listing_id FROM freed),
        marked AS (
            INSERT INTO dirty_listings (listing_id) SELECT listing_id FROM touched
        )
        SELECT listing_id FROM touched
        ",
    )
    .bind(orders)
    .fetch_all(&mut *connection)
    .await?;
    // Never waits, so that no two buyers can wait for each other: whoever has the listing locked leaves what is
    // too many to the job that publishes its figures, which withdraws it.
    let crowded: Vec<(ListingId, i32)> = sqlx::query_as(
        "SELECT id, excess FROM listings WHERE id = ANY($1) AND excess > 0 FOR NO KEY UPDATE SKIP LOCKED",
    )
    .bind(&listings)
    .fetch_all(&mut *connection)
    .await?;
    for (listing, excess) in crowded {
        withdraw(connection, listing, excess).await?;
    }
    Ok(())
}

/// Withdraws up to `excess` free units of a listing whose row is locked; the rest stays due.
pub(crate) async fn withdraw(
    connection: &mut PgConnection,
    listing: ListingId,
    excess: i32,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        WITH picked AS MATERIALIZED (
            SELECT id FROM units WHERE listing_id = $1 AND state = 'free'
            ORDER BY id DESC LIMIT $2 FOR UPDATE SKIP LOCKED
        ),
        gone AS (
            UPDATE units SET state = 'withdrawn' FROM picked WHERE units.id = picked.id RETURNING 1
        )
        UPDATE listings SET excess = $2 - (SELECT count(*) FROM gone) WHERE id = $1
        ",
    )
    .bind(listing)
    .bind(excess)
    .execute(connection)
    .await?;
    Ok(())
}
