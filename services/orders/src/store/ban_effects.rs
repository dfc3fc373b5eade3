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
/// time, so that nobody waits for a ban that had nothing to do, and later only where there is more.
pub(crate) async fn add(
    tx: &mut PgTransaction<'_>,
    ban: BanId,
    user: UserId,
    more: More,
) -> Result<(), PublishError> {
    let streams: Option<i32> =
        sqlx::query_scalar("DELETE FROM closed_streams WHERE user_id = $1 RETURNING count")
            .bind(user)
            .fetch_optional(&mut **tx)
            .await?;
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
    .bind(streams.unwrap_or(0))
    .fetch_optional(&mut **tx)
    .await?;
    match told {
        Some(row) => outbox::publish(tx, BanFact::Applied, &BanEffects::from(row)).await,
        None => Ok(()),
    }
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

/// The newest ban of somebody whom the copy knows as banned.
async fn in_force(connection: &mut PgConnection, user: UserId) -> sqlx::Result<Option<BanId>> {
    sqlx::query_scalar(
        r"
        SELECT b.ban_id FROM ban_effects b JOIN users u ON u.id = b.user_id
        WHERE b.user_id = $1 AND u.banned ORDER BY b.ban_id DESC LIMIT 1
        ",
    )
    .bind(user)
    .fetch_optional(connection)
    .await
}

fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
