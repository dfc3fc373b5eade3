//! Banning and unbanning: one transaction each, then straight to the bus.

use crate::{
    account::{Account, BanInForce},
    devices,
    error::Error,
    presence::{self, Instance},
    state::Auth,
    store::{self, audit, bans::Act, receipts::ReceiptRow},
};
use auth::{
    Identity,
    revocation::{ReasonCode, Revocation},
};
use contracts::{
    Timestamp,
    auth::{Ban, BanReceipt, BannedTickets, InstanceReceipt, Role, ServiceEffects},
    ids::{BanId, UserId},
};
use events::{auth::SessionFact, auth::UserFact, outbox};
use sqlx::{PgConnection, PgTransaction};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the answer to a ban waits for instances to report.
const REPORTS_MAX: Duration = Duration::from_millis(300);
/// After T0 plus this no instance accepts the user, whatever is cut off.
const EFFECTIVE_MS: i64 = 2_000;
/// Services that act on the business of somebody banned, and say what they did.
const ACTING: [&str; 2] = ["orders", "tickets"];

/// Bans a user, or changes the terms of the ban in force.
pub(crate) async fn ban(
    state: &Auth,
    admin: &Identity,
    user: UserId,
    request: &Ban,
) -> Result<BanReceipt, Error> {
    let mut tx = state.pool.begin().await?;
    let admins = store::users::lock_admins(&mut tx).await?;
    let account = store::users::lock(&mut tx, user).await?.ok_or(Error::NotFound)?;
    let actor = may_ban(&mut tx, &admins, admin, &account).await?;
    let now = state.clock.now();
    if request.until.is_some_and(|until| until <= now) {
        return Err(Error::field("until", "in_the_past", "Choose a time in the future"));
    }
    let alive = presence::alive(state, &mut tx).await?;
    let imposed = impose(&mut tx, &By { actor: &actor, at: now, alive: &alive }, account, request).await?;
    state.authority.recheck(admin)?;
    tx.commit().await?;
    state.backbone.wake();
    if state.revoker.spread(std::slice::from_ref(&imposed.revocation)).await {
        await_reports(state, imposed.ban).await?;
    }
    receipt(state, imposed.ban).await
}

/// Who bans, when, and who is there to hear of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By<'a> {
    pub(crate) actor: &'a Account,
    pub(crate) at: Timestamp,
    pub(crate) alive: &'a [Instance],
}

/// A ban that is written down: it is to be committed, and its revocation to be spread.
#[derive(Clone, Debug)]
pub(crate) struct Imposed {
    pub(crate) ban: BanId,
    pub(crate) revocation: Revocation,
}

/// Bans an account that is locked, or changes the terms of its ban.
pub(crate) async fn impose(
    tx: &mut PgTransaction<'_>,
    by: &By<'_>,
    account: Account,
    request: &Ban,
) -> Result<Imposed, Error> {
    let changes_terms = account.ban.is_some();
    let account = account_banned(account, request);
    let Some(terms) = &account.ban else { return Err(Error::NotFound) };
    let act = Act { actor: by.actor.id, actor_name: by.actor.name.clone(), at: by.at };
    store::users::update(tx, &account).await?;
    store::bans::put(tx, account.id, account.generation, terms, &act).await?;
    let revocation = account.revocation(ReasonCode::Banned, Some(by.actor.id), by.at);
    store::revocations::put(tx, &revocation).await?;
    end_sessions(tx, &account, by.at).await?;
    let action = if changes_terms { "user.ban_changed" } else { "user.ban" };
    write_audit(tx, Some(by.actor), action, &account, request.reason.trim(), by.at).await?;
    outbox::publish(tx, UserFact::Banned, &account.state()).await?;
    if !changes_terms {
        // New terms refuse no further token: whoever has applied the ban has nothing to report again.
        store::receipts::expect(tx, terms.id, by.alive).await?;
    }
    Ok(Imposed { ban: terms.id, revocation })
}

/// Lifts a ban; no actor means that its time has come.
pub(crate) async fn lift(
    state: &Auth,
    user: UserId,
    admin: Option<&Identity>,
    note: &str,
) -> Result<BanId, Error> {
    let mut tx = state.pool.begin().await?;
    // Admins are locked before the account, in the order in which a ban locks them.
    let admins = if admin.is_some() { store::users::lock_admins(&mut tx).await? } else { Vec::new() };
    let account = store::users::lock(&mut tx, user).await?.ok_or(Error::NotFound)?;
    let actor = match admin {
        None => None,
        Some(admin) => Some(acting_admin(&mut tx, &admins, admin).await?),
    };
    let now = state.clock.now();
    let Some(ban) = account.ban.clone() else {
        return Err(Error::StateConflict("The account is not suspended"));
    };
    if admin.is_none() && ban.until.is_none_or(|until| until > now) {
        return Ok(ban.id); // Its terms were changed meanwhile.
    }
    let account = account.unban();
    store::users::update(&mut tx, &account).await?;
    store::bans::lift(&mut tx, ban.id, note, now).await?;
    let revocation = account.revocation(ReasonCode::Unbanned, admin.map(|admin| admin.user), now);
    store::revocations::put(&mut tx, &revocation).await?;
    write_audit(&mut tx, actor.as_ref(), "user.unban", &account, note, now).await?;
    outbox::publish(&mut tx, UserFact::Unbanned, &account.state()).await?;
    if let Some(admin) = admin {
        state.authority.recheck(admin)?;
    }
    tx.commit().await?;
    state.backbone.wake();
    state.revoker.spread(std::slice::from_ref(&revocation)).await;
    Ok(ban.id)
}

/// How far a ban has come.
pub(crate) async fn receipt(state: &Auth, ban: BanId) -> Result<BanReceipt, Error> {
    let mut db = state.pool.acquire().await?;
    let row = store::bans::find(&mut db, ban).await?.ok_or(Error::NotFound)?;
    let instances = store::receipts::of_ban(&mut db, ban).await?;
    let told = store::ban_effects::of_ban(&mut db, ban).await?;
    let since_t0 = |applied: Timestamp| {
        let t0 = row.acknowledged_at.unwrap_or(row.created_at);
        let micros = (applied - t0).num_microseconds().unwrap_or(i64::MAX).max(0);
        f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1000.0
    };
    Ok(BanReceipt {
        ban: row.id,
        user: row.user_id,
        generation: row.generation,
        committed_at: row.created_at,
        acknowledged_at: row.acknowledged_at,
        effective_by: row.acknowledged_at.map(|t0| t0 + chrono::TimeDelta::milliseconds(EFFECTIVE_MS)),
        instances: instances
            .into_iter()
            .map(|row| InstanceReceipt {
                gone: row.gone(),
                service: row.service,
                instance: row.instance,
                applied_ms: row.applied_at.map(since_t0),
            })
            .collect(),
        effects: ACTING.iter().map(|service| effects_of(service, &told)).collect(),
    })
}

/// What a service has told, or that it has told nothing yet.
fn effects_of(service: &str, told: &[ServiceEffects]) -> ServiceEffects {
    told.iter().find(|word| word.service == service).cloned().unwrap_or_else(|| ServiceEffects {
        service: service.to_owned(),
        acted_at: None,
        effects: Vec::new(),
    })
}

/// Who acts, read from the database under the locks: a token stays good for up to a lease after its admin was
/// banned or is an admin no more, and must not undo just that. So nobody lifts a ban of oneself either.
pub(crate) async fn acting_admin(
    tx: &mut PgTransaction<'_>,
    admins: &[UserId],
    admin: &Identity,
) -> Result<Account, Error> {
    let actor = store::users::find(tx, admin.user).await?.ok_or(Error::NotFound)?;
    devices::refuse_banned(&actor)?;
    if admins.contains(&actor.id) { Ok(actor) } else { Err(Error::Refused(auth::Refusal::Forbidden)) }
}

/// Neither oneself, nor the last admin, nor by somebody who is no admin any more.
async fn may_ban(
    tx: &mut PgTransaction<'_>,
    admins: &[UserId],
    admin: &Identity,
    account: &Account,
) -> Result<Account, Error> {
    if admin.user == account.id {
        return Err(Error::LastAdmin("One cannot suspend oneself"));
    }
    let actor = acting_admin(tx, admins, admin).await?;
    let others = admins.iter().any(|id| *id != account.id);
    if account.role == Role::Admin && !others {
        return Err(Error::LastAdmin("The last admin cannot be suspended"));
    }
    Ok(actor)
}

fn account_banned(account: Account, request: &Ban) -> Account {
    let id = account.ban.as_ref().map_or_else(service::new_id, |ban| ban.id);
    account.ban(BanInForce {
        id,
        reason: request.reason.trim().to_owned(),
        until: request.until,
        tickets: request.tickets.unwrap_or(BannedTickets::Keep),
    })
}

async fn end_sessions(tx: &mut PgTransaction<'_>, account: &Account, now: Timestamp) -> Result<(), Error> {
    // The user's revocation covers their tokens; the sessions need no entries of their own.
    let ended = store::sessions::revoke_all(tx, account.id, None, ReasonCode::Banned, now).await?;
    let facts: Vec<_> = ended.iter().map(|session| (SessionFact::Revoked, session.state())).collect();
    Ok(outbox::publish_all(tx, &facts).await?)
}

/// Writes down what an admin did, or a job.
pub(crate) async fn write_audit(
    db: &mut PgConnection,
    actor: Option<&Account>,
    action: &str,
    subject: &Account,
    note: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let entry = audit::Entry {
        at,
        actor: actor.map(|actor| actor.id),
        actor_name: actor.map_or("Ticketing.dev", |actor| actor.name.as_str()),
        action,
        subject: Some(subject.id),
        subject_name: &subject.name,
        note,
    };
    audit::write(db, entry).await
}

/// Waits a moment for the instances that are there.
async fn await_reports(state: &Auth, ban: BanId) -> Result<(), Error> {
    let deadline = Instant::now() + REPORTS_MAX;
    loop {
        let pending = {
            let mut db = state.pool.acquire().await?;
            store::receipts::of_ban(&mut db, ban).await?.iter().any(ReceiptRow::is_pending)
        };
        if !pending || Instant::now() >= deadline {
            return Ok(());
        }
        sleep(Duration::from_millis(10)).await;
    }
}
