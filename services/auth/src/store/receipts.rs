//! Which instance has applied a ban.

use crate::presence::Instance;
use contracts::{
    Timestamp,
    ids::{BanId, UserId},
};
use sqlx::PgConnection;

/// One instance of a receipt.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ReceiptRow {
    pub(crate) service: String,
    pub(crate) instance: String,
    pub(crate) applied_at: Option<Timestamp>,
}

/// Notes the instances that shall apply a ban.
pub(crate) async fn expect(
    db: &mut PgConnection,
    ban: BanId,
    instances: &[Instance],
) -> Result<(), sqlx::Error> {
    let services: Vec<&str> = instances.iter().map(|instance| instance.service.as_str()).collect();
    let names: Vec<&str> = instances.iter().map(|instance| instance.name.as_str()).collect();
    sqlx::query(
        r"
        INSERT INTO ban_receipts (ban_id, service, instance)
        SELECT $1, s, i FROM unnest($2::text[], $3::text[]) AS expected (s, i)
        ON CONFLICT DO NOTHING
        ",
    )
    .bind(ban)
    .bind(services)
    .bind(names)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that an instance has applied the ban of that user and generation; the first time counts.
pub(crate) async fn applied(
    db: &mut PgConnection,
    user: UserId,
    generation: i64,
    instance: &Instance,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        INSERT INTO ban_receipts AS known (ban_id, service, instance, applied_at)
        SELECT id, $3, $4, $5 FROM bans WHERE user_id = $1 AND generation = $2
        ON CONFLICT (ban_id, service, instance)
        DO UPDATE SET applied_at = COALESCE(known.applied_at, excluded.applied_at)
        ",
    )
    .bind(user)
    .bind(generation)
    .bind(&instance.service)
    .bind(&instance.name)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

/// Every instance of a receipt.
pub(crate) async fn of_ban(db: &mut PgConnection, ban: BanId) -> Result<Vec<ReceiptRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT service, instance, applied_at FROM ban_receipts WHERE ban_id = $1 ORDER BY service, instance",
    )
    .bind(ban)
    .fetch_all(db)
    .await
}
