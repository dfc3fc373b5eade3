//! Shows.

use super::{count, int, venue, word};
use crate::{error::Error, show::Show};
use contracts::{Currency, ids::ShowId, shows::Category};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};

impl FromRow<'_, PgRow> for Show {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            organiser: row.try_get("organiser")?,
            title: row.try_get("title")?,
            description: row.try_get("description")?,
            category: word(row, "category")?,
            starts_at: row.try_get("starts_at")?,
            doors_at: row.try_get("doors_at")?,
            refund_until: row.try_get("refund_until")?,
            venue: venue(row)?,
            status: word(row, "status")?,
            hold_seconds: count(row, "hold_seconds")?,
            published_at: row.try_get("published_at")?,
            version: row.try_get("version")?,
        })
    }
}

/// The show, unlocked.
pub(crate) async fn find(db: &mut PgConnection, id: ShowId) -> sqlx::Result<Option<Show>> {
    sqlx::query_as("SELECT * FROM shows WHERE id = $1").bind(id).fetch_optional(db).await
}

/// The show, for a change of itself or of what all its listings share.
pub(crate) async fn lock(db: &mut PgConnection, id: ShowId) -> sqlx::Result<Option<Show>> {
    sqlx::query_as("SELECT * FROM shows WHERE id = $1 FOR NO KEY UPDATE").bind(id).fetch_optional(db).await
}

/// The show as it stays until the commit.
pub(crate) async fn pin(db: &mut PgConnection, id: ShowId) -> sqlx::Result<Option<Show>> {
    sqlx::query_as("SELECT * FROM shows WHERE id = $1 FOR SHARE").bind(id).fetch_optional(db).await
}

/// A new show.
pub(crate) async fn insert(db: &mut PgConnection, show: &Show) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO shows (
            id, organiser, title, description, category, starts_at, doors_at, refund_until,
            venue_name, venue_address, venue_city, venue_country, venue_timezone,
            status, hold_seconds, published_at, version, starts_on
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ",
    )
    .bind(show.id)
    .bind(show.organiser)
    .bind(&show.title)
    .bind(&show.description)
    .bind(show.category.as_str())
    .bind(show.starts_at)
    .bind(show.doors_at)
    .bind(show.refund_until)
    .bind(&show.venue.name)
    .bind(&show.venue.address)
    .bind(&show.venue.city)
    .bind(&show.venue.country)
    .bind(&show.venue.timezone)
    .bind(show.status.as_str())
    .bind(int(show.hold_seconds))
    .bind(show.published_at)
    .bind(show.version)
    .bind(show.starts_on())
    .execute(db)
    .await?;
    Ok(())
}

/// Stores the next version of a locked show.
pub(crate) async fn update(db: &mut PgConnection, show: &Show) -> Result<(), Error> {
    let updated = sqlx::query(
        r"
        UPDATE shows SET
            title = $3, description = $4, category = $5, starts_at = $6, doors_at = $7, refund_until = $8,
            venue_name = $9, venue_address = $10, venue_city = $11, venue_country = $12, venue_timezone = $13,
            status = $14, hold_seconds = $15, published_at = $16, starts_on = $17, version = $2
        WHERE id = $1 AND version = $2 - 1
        ",
    )
    .bind(show.id)
    .bind(show.version)
    .bind(&show.title)
    .bind(&show.description)
    .bind(show.category.as_str())
    .bind(show.starts_at)
    .bind(show.doors_at)
    .bind(show.refund_until)
    .bind(&show.venue.name)
    .bind(&show.venue.address)
    .bind(&show.venue.city)
    .bind(&show.venue.country)
    .bind(&show.venue.timezone)
    .bind(show.status.as_str())
    .bind(int(show.hold_seconds))
    .bind(show.published_at)
    .bind(show.starts_on())
    .execute(db)
    .await?;
    match updated.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::LostUpdate("a show")),
    }
}

/// The currency of the show's listings: of those on offer, and of those that others have heard of.
pub(crate) async fn currency(db: &mut PgConnection, show: ShowId) -> sqlx::Result<Option<Currency>> {
    sqlx::query(
        "SELECT currency FROM listings WHERE show_id = $1 AND (announced OR NOT withdrawn) ORDER BY id LIMIT 1",
    )
    .bind(show)
    .try_map(|row: PgRow| word(&row, "currency"))
    .fetch_optional(db)
    .await
}

/// Cities of upcoming shows, in the order of the alphabet.
pub(crate) async fn cities(
    db: &mut PgConnection,
    now: contracts::Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        r"
        SELECT min(venue_city) FROM shows WHERE status = 'published' AND starts_at >= $1
        GROUP BY lower(venue_city) ORDER BY lower(venue_city) LIMIT $2
        ",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Categories of upcoming shows.
pub(crate) async fn categories(
    db: &mut PgConnection,
    now: contracts::Timestamp,
) -> sqlx::Result<Vec<Category>> {
    sqlx::query("SELECT DISTINCT category FROM shows WHERE status = 'published' AND starts_at >= $1")
        .bind(now)
        .try_map(|row: PgRow| word(&row, "category"))
        .fetch_all(db)
        .await
}
