//! What bans did here, and telling of it. Whoever counts has locked the user (`context::lock_buyer`).

use contracts::ids::{BanId, UserId};
use events::{
    orders::{BanEffects, BanFact},
    outbox::{self, PublishError},
};
use sqlx::{PgConnection, PgTransaction};

/// What is added to a ban's figures.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct More {
    pub(crate) holds: usize,
    pub(crate) places: usize,
}

#[derive(sqlx::FromRow)]
struct Row {
    ban_id: BanId,
    user_id: UserId,
    holds_released: i32,
    places_released: i32,
    streams_closed: i32,
    version: i64,
}

impl From<Row> for BanEffects {
    fn from(row: Row) -> Self {
        Self {
            ban: row.ban_id,
            user: row.user_id,
            holds_released: row.holds_released.unsigned_abs(),
            places_released: row.places_released.unsigned_abs(),
            streams_closed: row.streams_closed.unsigned_abs(),
            version: row.version,
        }
    }
}

/// Counts what a ban did, with the streams that were closed before it was heard of, and tells of it: always the first
/// time, so that nobody waits for a ban that had nothing to do, and later only where there is more. Streams count for
/// the ban in force alone: an older one that is heard of late has not closed them.
pub(crate) async fn add(
    tx: &mut PgTransaction<'_>,
    ban: BanId,
    user: UserId,
    more: More,
) -> Result<(), PublishError> {
    let streams = take_streams(tx, ban, user).await?;
    let told: Option<Row> = sqlx::query_as(
        r"
        INSERT INTO ban_effects AS known (ban_id, user_id, holds_released, places_released, streams_closed)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (ban_id) DO UPDATE SET
            holds_released = known.holds_released + excluded.holds_released,
            places_released = known.places_released + excluded.places_released,
            streams_closed = known.streams_closed + excluded.streams_closed,
            version = known.version + 1
        WHERE excluded.holds_released + excluded.places_released + excluded.streams_closed > 0
        RETURNING *
        ",
    )
    .bind(ban)
    .bind(user)
    .bind(int(more.holds))
    .bind(int(more.places))
    .bind(streams)
    .fetch_optional(&mut **tx)
    .await?;
    match told {
        Some(row) => outbox::publish(tx, BanFact::Applied, &BanEffects::from(row)).await,
        None => Ok(()),
    }
}

/// Streams that were closed and count for this ban.
async fn take_streams(db: &mut PgConnection, ban: BanId, user: UserId) -> sqlx::Result<i32> {
    let taken: Option<i32> = sqlx::query_scalar(
        r"
        DELETE FROM closed_streams c USING users u
        WHERE c.user_id = $1 AND u.id = c.user_id AND u.ban_id = $2 RETURNING c.count
        ",
    )
    .bind(user)
    .bind(ban)
    .fetch_optional(db)
    .await?;
    Ok(taken.unwrap_or(0))
}

/// Forgets streams whose ban was over before it was heard of: the next one has not closed them.
pub(crate) async fn forget_streams(db: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM closed_streams WHERE user_id = $1").bind(user).execute(db).await?;
    Ok(())
}

/// Counts a live stream that a ban closed: for the ban in force, or for the one that is about to be heard of.
pub(crate) async fn stream_closed(tx: &mut PgTransaction<'_>, user: UserId) -> Result<(), PublishError> {
    sqlx::query(
        r"
        INSERT INTO closed_streams AS known (user_id, count) VALUES ($1, 1)
        ON CONFLICT (user_id) DO UPDATE SET count = known.count + 1
        ",
    )
    .bind(user)
    .execute(&mut **tx)
    .await?;
    match in_force(tx, user).await? {
        Some(ban) => add(tx, ban, user, More::default()).await,
        None => Ok(()),
    }
}

/// The ban in force, once its holds are released and told of. The copy may know of it earlier: then what is counted
/// waits, so that nobody takes the streams alone for all that the ban did.
async fn in_force(connection: &mut PgConnection, user: UserId) -> sqlx::Result<Option<BanId>> {
    sqlx::query_scalar(
        "SELECT b.ban_id FROM users u JOIN ban_effects b ON b.ban_id = u.ban_id WHERE u.id = $1",
    )
    .bind(user)
    .fetch_optional(connection)
    .await
}

fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
