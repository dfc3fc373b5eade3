//! What other services did because of a ban: copies of their words.

use contracts::{
    Timestamp,
    auth::{BanEffect, ServiceEffects},
    ids::BanId,
};
use sqlx::{PgConnection, types::Json};

/// The word of one service about one ban.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) ban: BanId,
    pub(crate) service: &'static str,
    pub(crate) effects: Vec<BanEffect>,
    pub(crate) acted_at: Timestamp,
    pub(crate) version: i64,
}

/// Takes over a word that is newer than the one known. `false`: there is no such ban here.
pub(crate) async fn put(db: &mut PgConnection, word: &Word) -> Result<bool, sqlx::Error> {
    let known: bool = sqlx::query_scalar(
        r"
        WITH known AS (SELECT id FROM bans WHERE id = $1),
        put AS (
            INSERT INTO ban_effects (ban_id, service, effects, acted_at, version)
            SELECT id, $2, $3, $4, $5 FROM known
            ON CONFLICT (ban_id, service) DO UPDATE SET
                effects = excluded.effects, acted_at = excluded.acted_at, version = excluded.version
            WHERE ban_effects.version < excluded.version
        )
        SELECT EXISTS (SELECT FROM known)
        ",
    )
    .bind(word.ban)
    .bind(word.service)
    .bind(Json(&word.effects))
    .bind(word.acted_at)
    .bind(word.version)
    .fetch_one(db)
    .await?;
    Ok(known)
}

#[derive(sqlx::FromRow)]
struct Row {
    service: String,
    effects: Json<Vec<BanEffect>>,
    acted_at: Timestamp,
}

/// What is known of a ban, one entry per service that has said something.
pub(crate) async fn of_ban(db: &mut PgConnection, ban: BanId) -> Result<Vec<ServiceEffects>, sqlx::Error> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT service, effects, acted_at FROM ban_effects WHERE ban_id = $1")
            .bind(ban)
            .fetch_all(db)
            .await?;
    let view = |row: Row| ServiceEffects {
        service: row.service,
        acted_at: Some(row.acted_at),
        effects: row.effects.0,
    };
    Ok(rows.into_iter().map(view).collect())
}
