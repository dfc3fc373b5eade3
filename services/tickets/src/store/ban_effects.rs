//! What bans did here, and telling of it. Whoever counts holds the user's row.

use super::int;
use contracts::{
    auth::BannedTickets,
    ids::{BanId, UserId},
};
use events::{
    auth::UserBan,
    outbox::{self, PublishError},
    tickets::{BanEffects, BanFact},
};
use sqlx::{PgConnection, PgTransaction};

/// What is added to a ban's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct More {
    pub(crate) listings_hidden: u32,
    pub(crate) offers_withdrawn: u32,
}

/// What a ban did by now.
#[derive(sqlx::FromRow)]
struct Row {
    listings_hidden: i32,
    offers_withdrawn: i32,
    tickets_refused: i32,
    version: i64,
}

/// Counts what a ban did and tells of it: always the first time, so that nobody waits for a ban that had nothing to
/// do, and later only where something changed. A fact from before bans had ids is not answered.
///
/// Without `did`, a newer word about the user came first: its terms hold, and this fact says nothing of figures.
pub(crate) async fn add(
    tx: &mut PgTransaction<'_>,
    user: UserId,
    ban: &UserBan,
    did: Option<More>,
) -> Result<(), PublishError> {
    let Some(id) = ban.id else { return Ok(()) };
    let told = match did {
        Some(more) => {
            let refused = match ban.tickets {
                BannedTickets::Refuse => unused_tickets(tx, user).await?,
                BannedTickets::Keep => 0,
            };
            count(tx, id, more, refused).await?
        }
        None => nothing(tx, id).await?,
    };
    let Some(row) = told else { return Ok(()) };
    let effects = BanEffects {
        ban: id,
        user,
        listings_hidden: row.listings_hidden.unsigned_abs(),
        offers_withdrawn: row.offers_withdrawn.unsigned_abs(),
        tickets_refused: row.tickets_refused.unsigned_abs(),
        version: row.version,
    };
    outbox::publish(tx, BanFact::Applied, &effects).await
}

/// The figures with these added; nothing where they are as they were.
async fn count(db: &mut PgConnection, ban: BanId, more: More, refused: i32) -> sqlx::Result<Option<Row>> {
    sqlx::query_as(
        r"
        INSERT INTO ban_effects AS known (ban_id, listings_hidden, offers_withdrawn, tickets_refused)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (ban_id) DO UPDATE SET
            listings_hidden = known.listings_hidden + excluded.listings_hidden,
            offers_withdrawn = known.offers_withdrawn + excluded.offers_withdrawn,
            tickets_refused = excluded.tickets_refused, version = known.version + 1
        WHERE excluded.listings_hidden + excluded.offers_withdrawn > 0
            OR excluded.tickets_refused <> known.tickets_refused
        RETURNING listings_hidden, offers_withdrawn, tickets_refused, version
        ",
    )
    .bind(ban)
    .bind(int(more.listings_hidden))
    .bind(int(more.offers_withdrawn))
    .bind(refused)
    .fetch_optional(db)
    .await
}

/// Figures of zero for a ban that has none yet; nothing where it has some.
async fn nothing(db: &mut PgConnection, ban: BanId) -> sqlx::Result<Option<Row>> {
    sqlx::query_as(
        r"
        INSERT INTO ban_effects (ban_id, listings_hidden, offers_withdrawn, tickets_refused) VALUES ($1, 0, 0, 0)
        ON CONFLICT (ban_id) DO NOTHING
        RETURNING listings_hidden, offers_withdrawn, tickets_refused, version
        ",
    )
    .bind(ban)
    .fetch_optional(db)
    .await
}

/// Tickets of the user that would open a door if the ban let them.
async fn unused_tickets(db: &mut PgConnection, holder: UserId) -> sqlx::Result<i32> {
    sqlx::query_scalar(
        "SELECT count(*)::integer FROM tickets WHERE holder = $1 AND state IN ('valid', 'listed')",
    )
    .bind(holder)
    .fetch_one(db)
    .await
}
