//! Which instance has applied a ban.

use crate::presence::Instance;
use auth::revocation::LIFE_SECONDS;
use contracts::{
    Timestamp,
    auth::InstanceGone,
    ids::{BanId, UserId},
};
use sqlx::PgConnection;

/// One instance of a receipt.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ReceiptRow {
    pub(crate) service: String,
    pub(crate) instance: String,
    pub(crate) applied_at: Option<Timestamp>,
    gone: Option<String>,
}

impl ReceiptRow {
    /// Is its report still awaited?
    pub(crate) fn is_pending(&self) -> bool {
        self.applied_at.is_none() && self.gone.is_none()
    }

    /// Why no report is awaited any more. One that comes all the same says more.
    pub(crate) fn gone(&self) -> Option<InstanceGone> {
        if self.applied_at.is_some() { None } else { self.gone.as_deref()?.parse().ok() }
    }
}

/// A report that has not come.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Pending {
    pub(crate) ban_id: BanId,
    pub(crate) service: String,
    pub(crate) instance: String,
    /// T0 of the ban, or its revocation's end where the bus did not acknowledge it before.
    pub(crate) acknowledged_at: Timestamp,
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
        r"
        SELECT service, instance, applied_at, gone FROM ban_receipts
        WHERE ban_id = $1 ORDER BY service, instance
        ",
    )
    .bind(ban)
    .fetch_all(db)
    .await
}

/// Reports that have not come of bans that the bus acknowledged before that time. A revocation that ended without an
/// acknowledgement is written no more, and no token is left that it is about.
pub(crate) async fn pending(db: &mut PgConnection, before: Timestamp) -> Result<Vec<Pending>, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT r.ban_id, r.service, r.instance, t0.at AS acknowledged_at
        FROM ban_receipts r JOIN bans b ON b.id = r.ban_id
        CROSS JOIN LATERAL (SELECT COALESCE(b.acknowledged_at, b.created_at + make_interval(secs => $2)) AS at) t0
        WHERE r.applied_at IS NULL AND r.gone IS NULL AND t0.at < $1
        LIMIT 500
        ",
    )
    .bind(before)
    .bind(f64::from(i32::try_from(LIFE_SECONDS).unwrap_or(i32::MAX)))
    .fetch_all(db)
    .await
}

/// Notes that no report is awaited any more.
pub(crate) async fn end(
    db: &mut PgConnection,
    pending: &Pending,
    gone: InstanceGone,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r"
        UPDATE ban_receipts SET gone = $4
        WHERE ban_id = $1 AND service = $2 AND instance = $3 AND applied_at IS NULL AND gone IS NULL
        ",
    )
    .bind(pending.ban_id)
    .bind(&pending.service)
    .bind(&pending.instance)
    .bind(gone.as_str())
    .execute(db)
    .await?;
    Ok(())
}
