//! Banning the people of a list: read and shown first, then done in small transactions, by whichever instance is free.
//!
//! A list survives everything: what a transaction has banned is noted with it, so an instance that dies leaves the rest
//! to another, and no line is done twice.

use crate::{
    account::{Account, normal_email},
    ban_list::{self, Line, Unreadable},
    bans::{self, By},
    error::Error,
    presence,
    state::Auth,
    store::{
        self, audit,
        ban_imports::{self as store_of, Found, NewImport, OpenLine, Outcome},
    },
};
use auth::{Identity, revocation::Revocation};
use chrono::TimeDelta;
use contracts::{
    auth::{Ban, Role},
    ban_imports::{BanImportProblem, BanImportState, BanImportView},
    ids::{BanImportId, UserId},
};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgTransaction};
use std::collections::{HashMap, HashSet};
use tokio::time::{Duration, interval};
use tokio_util::sync::CancellationToken;

/// Lines of one transaction, which keeps admins from acting and their people from signing in.
const LINES_AT_ONCE: i64 = 50;
/// How long a list may wait to be confirmed: what it says of people is less true every hour.
pub(crate) const DRAFT_LIFE: TimeDelta = TimeDelta::days(1);
/// How often confirmed lists are looked for, beside those that this instance has confirmed itself.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads a list, and says of each line what would become of it. The same list under the same key is the same one.
pub(crate) async fn draft(
    state: &Auth,
    admin: &Identity,
    key: &str,
    content: &[u8],
) -> Result<BanImportView, Error> {
    let now = state.clock.now();
    let lines = ban_list::read(content, now).map_err(unreadable)?;
    let hash = Sha256::digest(content).to_vec();
    let mut tx = state.pool.begin().await?;
    // First, as everywhere: the list keeps those whom it names, and its admin, from being locked until it is written.
    let admins = store::users::lock_admins(&mut tx).await?;
    let actor = bans::acting_admin(&mut tx, &admins, admin).await?;
    let new = NewImport {
        id: service::new_id(),
        at: now,
        admin: actor.id,
        admin_name: &actor.name,
        key,
        content: &hash,
    };
    if let Some((id, known)) = store_of::insert(&mut tx, &new).await? {
        return if known == hash { view(&mut tx, id).await } else { Err(Error::KeyReused) };
    }
    let found = find_people(&mut tx, lines, admin.user).await?;
    store_of::insert_lines(&mut tx, new.id, &found).await?;
    state.authority.recheck(admin)?;
    let view = view(&mut tx, new.id).await?;
    tx.commit().await?;
    Ok(view)
}

fn unreadable(why: Unreadable) -> Error {
    Error::field("file", "unreadable", &why.to_string())
}

/// A list as it is now.
pub(crate) async fn view(db: &mut PgConnection, id: BanImportId) -> Result<BanImportView, Error> {
    store_of::find(db, id).await?.ok_or(Error::NotFound)
}

/// Whom each line names, and whether they can be banned so.
async fn find_people(
    db: &mut PgConnection,
    lines: Vec<Line>,
    admin: UserId,
) -> Result<Vec<Found>, sqlx::Error> {
    let ids: Vec<UserId> = lines.iter().filter_map(|line| line.named.parse().ok()).collect();
    let addresses: Vec<String> = lines.iter().map(|line| normal_email(&line.named)).collect();
    let people = store::users::standings(db, &ids, &addresses).await?;
    let by_id: HashMap<UserId, &store::users::Standing> = people.iter().map(|one| (one.id, one)).collect();
    let by_address: HashMap<&str, &store::users::Standing> =
        people.iter().map(|one| (one.email.as_str(), one)).collect();
    let mut named = HashSet::new();
    let found = lines.into_iter().map(|mut line| {
        let person = match line.named.parse::<UserId>() {
            Ok(id) => by_id.get(&id),
            Err(_) => by_address.get(normal_email(&line.named).as_str()),
        };
        let user = person.map(|person| person.id);
        let stands = || match person {
            None => Some(BanImportProblem::UserUnknown),
            Some(person) if !named.insert(person.id) => Some(BanImportProblem::Repeated),
            Some(person) => left_out(person.id, person.role, person.banned, admin),
        };
        line.problem = line.problem.or_else(stands);
        Found { line, user }
    });
    Ok(found.collect())
}

/// Why somebody is not banned by a list.
fn left_out(user: UserId, role: Role, banned: bool, admin: UserId) -> Option<BanImportProblem> {
    match (role, banned) {
        _ if user == admin => Some(BanImportProblem::Own),
        (Role::Admin, _) => Some(BanImportProblem::Admin),
        (Role::User, true) => Some(BanImportProblem::AlreadyBanned),
        (Role::User, false) => None,
    }
}

/// Confirms a list; one that was confirmed is as it is. A draft of more than a day ago is none any more.
pub(crate) async fn confirm(state: &Auth, admin: &Identity, id: BanImportId) -> Result<BanImportView, Error> {
    let mut tx = state.pool.begin().await?;
    let admins = store::users::lock_admins(&mut tx).await?;
    let actor = bans::acting_admin(&mut tx, &admins, admin).await?;
    let now = state.clock.now();
    let before = view(&mut tx, id).await?;
    if store_of::confirm(&mut tx, id, actor.id, now, now - DRAFT_LIFE).await? {
        let entry = audit::Entry {
            at: now,
            actor: Some(actor.id),
            actor_name: &actor.name,
            action: "ban_import.confirm",
            subject: None,
            subject_name: &id.to_string(),
            note: &format!("{} of {} lines", before.open, before.lines),
        };
        audit::write(&mut tx, entry).await?;
    } else if before.state == BanImportState::Draft {
        return Err(Error::NotFound);
    }
    state.authority.recheck(admin)?;
    let view = view(&mut tx, id).await?;
    tx.commit().await?;
    state.import_confirmed.notify_one();
    Ok(view)
}

/// Works on confirmed lists until `stop`.
pub(crate) async fn work(state: Auth, stop: CancellationToken) {
    let mut tick = interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.import_confirmed.notified() => {}
            _ = tick.tick() => {}
        }
        loop {
            let went_on = tokio::select! {
                () = stop.cancelled() => return,
                went_on = go_on(&state) => went_on,
            };
            match went_on {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "a list of bans could not be gone on with: trying again");
                    break;
                }
            }
        }
    }
}

/// Does the next lines of the list that was confirmed first; `false` where there is none.
async fn go_on(state: &Auth) -> Result<bool, Error> {
    let mut tx = state.pool.begin().await?;
    let Some((import, admin)) = store_of::lock_running(&mut tx).await? else { return Ok(false) };
    let lines = store_of::open(&mut tx, import, LINES_AT_ONCE).await?;
    let now = state.clock.now();
    let revocations = if lines.is_empty() {
        store_of::finish(&mut tx, import, BanImportState::Done, now).await?;
        Vec::new()
    } else {
        let admins = store::users::lock_admins(&mut tx).await?;
        match store::users::find(&mut tx, admin).await? {
            Some(actor) if admins.contains(&actor.id) => {
                let (outcomes, revocations) = ban(state, &mut tx, &actor, lines).await?;
                store_of::note(&mut tx, import, &outcomes).await?;
                revocations
            }
            _ => {
                store_of::finish(&mut tx, import, BanImportState::Stopped, now).await?;
                Vec::new()
            }
        }
    };
    tx.commit().await?;
    state.backbone.wake();
    // What the bus does not take now, the reconciler gives it later.
    state.revoker.spread(&revocations).await;
    Ok(true)
}

/// Bans the people of some lines, each unless something has changed since the list was read.
async fn ban(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    actor: &Account,
    lines: Vec<OpenLine>,
) -> Result<(Vec<(i32, Outcome)>, Vec<Revocation>), Error> {
    let now = state.clock.now();
    let alive = presence::alive(state, tx).await?;
    let by = By { actor, at: now, alive: &alive };
    let people: Vec<UserId> = lines.iter().map(|line| line.user_id).collect();
    store::users::lock_all(tx, &people).await?;
    let (mut outcomes, mut revocations) = (Vec::new(), Vec::new());
    for line in lines {
        let account = store::users::find(tx, line.user_id).await?.ok_or(Error::NotFound)?;
        let changed = left_out(account.id, account.role, account.ban.is_some(), actor.id);
        let over = line.until.is_some_and(|until| until <= now);
        let problem = changed.or(over.then_some(BanImportProblem::UntilInvalid));
        let outcome = if let Some(problem) = problem {
            Err(problem)
        } else {
            let terms = Ban { reason: line.reason, until: line.until, tickets: Some(line.tickets) };
            let imposed = bans::impose(tx, &by, account, &terms).await?;
            revocations.push(imposed.revocation);
            Ok(imposed.ban)
        };
        outcomes.push((line.line, outcome));
    }
    Ok((outcomes, revocations))
}
