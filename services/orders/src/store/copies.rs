//! Copies of users, shows and listings: full state, newer versions only.

use contracts::ids::{ListingId, ShowId, UserId};
use events::{auth::User, tickets::Listing, tickets::Show};
use sqlx::{PgConnection, types::Json};

/// Takes over a user's state; false where the copy is as new.
pub(crate) async fn put_user(connection: &mut PgConnection, user: &User) -> sqlx::Result<bool> {
    let put = sqlx::query(
        r"
        INSERT INTO users (id, name, banned, ban_id, version) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE
        SET name = excluded.name, banned = excluded.banned, ban_id = excluded.ban_id, version = excluded.version
        WHERE users.version < excluded.version
        ",
    )
    .bind(user.id)
    .bind(&user.name)
    .bind(user.ban.is_some())
    .bind(user.ban.as_ref().and_then(|ban| ban.id))
    .bind(user.version)
    .execute(connection)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Takes over a show's state; false where the copy is as new.
pub(crate) async fn put_show(connection: &mut PgConnection, show: &Show) -> sqlx::Result<bool> {
    let put = sqlx::query(
        r"
        INSERT INTO shows (id, organiser, title, starts_at, doors_at, venue, status, hold_seconds, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE
        SET organiser = excluded.organiser, title = excluded.title, starts_at = excluded.starts_at,
            doors_at = excluded.doors_at, venue = excluded.venue, status = excluded.status,
            hold_seconds = excluded.hold_seconds, version = excluded.version
        WHERE shows.version < excluded.version
        ",
    )
    .bind(show.id)
    .bind(show.organiser)
    .bind(&show.title)
    .bind(show.starts_at)
    .bind(show.doors_at)
    .bind(Json(&show.venue))
    .bind(show.status.as_str())
    .bind(i32::try_from(show.hold_seconds).unwrap_or(i32::MAX))
    .bind(show.version)
    .execute(connection)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Takes over a listing's state; false where the copy is as new.
pub(crate) async fn put_listing(connection: &mut PgConnection, listing: &Listing) -> sqlx::Result<bool> {
    let put = sqlx::query(
        r"
        INSERT INTO listings (id, show_id, seller, kind, name, price, fee, currency, quantity, seats,
            max_per_order, sale_starts_at, sale_ends_at, status, resale_of, resale_order, resale_unit, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            $18)
        ON CONFLICT (id) DO UPDATE
        SET show_id = excluded.show_id, seller = excluded.seller, kind = excluded.kind, name = excluded.name,
            price = excluded.price, fee = excluded.fee, currency = excluded.currency,
            quantity = excluded.quantity, seats = excluded.seats, max_per_order = excluded.max_per_order,
            sale_starts_at = excluded.sale_starts_at, sale_ends_at = excluded.sale_ends_at,
            status = excluded.status, resale_of = excluded.resale_of, version = excluded.version,
            resale_order = excluded.resale_order, resale_unit = excluded.resale_unit,
            withdrawn_at = CASE excluded.status WHEN 'withdrawn' THEN listings.withdrawn_at END
        WHERE listings.version < excluded.version
        ",
    )
    .bind(listing.id)
    .bind(listing.show)
    .bind(listing.seller)
    .bind(listing.kind.as_str())
    .bind(&listing.name)
    .bind(listing.price.amount)
    .bind(listing.fee.amount)
    .bind(listing.price.currency.code())
    .bind(i32::try_from(listing.quantity).unwrap_or(i32::MAX))
    .bind(&listing.seats)
    .bind(i32::try_from(listing.max_per_order).unwrap_or(i32::MAX))
    .bind(listing.sale_starts_at)
    .bind(listing.sale_ends_at)
    .bind(listing.status.as_str())
    .bind(listing.resale_of)
    .bind(listing.resale_order)
    .bind(listing.resale_unit)
    .bind(listing.version)
    .execute(connection)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Which of these listings are known here.
pub(crate) async fn known_listings(
    connection: &mut PgConnection,
    listings: &[ListingId],
) -> sqlx::Result<Vec<ListingId>> {
    sqlx::query_scalar("SELECT id FROM listings WHERE id = ANY($1)")
        .bind(listings)
        .fetch_all(connection)
        .await
}

/// Will the show not take place?
pub(crate) async fn is_cancelled(connection: &mut PgConnection, show: ShowId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM shows WHERE id = $1 AND status = 'cancelled')")
        .bind(show)
        .fetch_one(connection)
        .await
}

/// Is the user banned? Somebody without a row yet is not.
pub(crate) async fn is_banned(connection: &mut PgConnection, user: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM users WHERE id = $1 AND banned)")
        .bind(user)
        .fetch_one(connection)
        .await
}
