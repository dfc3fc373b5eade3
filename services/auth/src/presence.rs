//! Which instances are there, and what they have applied: listens to markers and `revocation_applied`, and is told who
//! pulls.

use crate::{state::Auth, store};
use async_nats::Subscriber;
use auth::{
    revocation::{Applied, Kind, ReasonCode},
    subjects,
};
use chrono::TimeDelta;
use contracts::{Timestamp, auth::InstanceGone, ids::UserId};
use futures::StreamExt;
use sqlx::PgConnection;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc::{self, Receiver, Sender, error::TrySendError},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// An instance whose marker is older is not expected to apply anything.
const ALIVE: Duration = Duration::from_secs(4);
/// An instance whose marker is older has no lease, which is counted from the marker's writing; plus a margin.
const LEASELESS: Duration = Duration::from_secs(auth::lease::LIFE.as_secs() + 1);
/// Instances that are remembered at most.
const INSTANCES_MAX: usize = 10_000;

/// Notes that wait for the database at most; more are lost, and their receipts end as if they had not come.
const NOTES_MAX: usize = 4_096;

/// One instance of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) service: String,
    pub(crate) name: String,
}

impl Instance {
    /// One that says its name itself.
    pub(crate) fn new(service: &str, name: &str) -> Option<Self> {
        let named = subjects::is_token(service) && subjects::is_token(name);
        named.then(|| Self { service: service.to_owned(), name: name.to_owned() })
    }

    fn of(subject: &str) -> Option<Self> {
        let (service, name) = subjects::instance_of(subject)?;
        Some(Self { service: service.to_owned(), name: name.to_owned() })
    }
}

/// When each instance was last heard.
#[derive(Clone, Debug)]
pub(crate) struct Presence {
    heard: Arc<Mutex<HashMap<Instance, Instant>>>,
    /// Before that we heard nobody.
    since: Instant,
    notes: Sender<Note>,
}

impl Presence {
    /// Nobody was heard yet. What is heard is noted by [`listen`].
    pub(crate) fn new() -> (Self, Receiver<Note>) {
        let (notes, queue) = mpsc::channel(NOTES_MAX);
        (Self { heard: Arc::default(), since: Instant::now(), notes }, queue)
    }

    /// An instance asked auth itself, and has applied all up to that place in the history.
    pub(crate) fn hear_pull(&self, instance: Instance, applied_through: Option<i64>, at: Timestamp) {
        self.hear(instance.clone());
        self.note(Note::Pull { instance, applied_through, at });
    }

    fn note(&self, note: Note) {
        if let Err(TrySendError::Full(_)) = self.notes.try_send(note) {
            tracing::warn!("a report is lost: too many wait for the database");
        }
    }

    /// Instances that were heard under four seconds ago.
    fn alive(&self) -> Vec<Instance> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter(|(_, at)| at.elapsed() < ALIVE).map(|(instance, _)| instance.clone()).collect()
    }

    /// Was no marker and no pull heard for longer than a lease lives, though we listened?
    fn is_leaseless(&self, service: &str, name: &str) -> bool {
        let instance = Instance { service: service.to_owned(), name: name.to_owned() };
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&instance).unwrap_or(&self.since).elapsed() > LEASELESS
    }

    fn hear(&self, instance: Instance) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() >= INSTANCES_MAX {
            heard.retain(|_, at| at.elapsed() < ALIVE);
        }
        heard.insert(instance, Instant::now());
    }
}

/// Something that was heard and is to be noted in the database.
#[derive(Debug)]
pub(crate) enum Note {
    /// From the bus.
    Report(Report),
    /// From the private listener.
    Pull {
        /// Who asked.
        instance: Instance,
        /// What it has applied by then.
        applied_through: Option<i64>,
        /// When.
        at: Timestamp,
    },
}

/// What an instance has applied, and when that was heard.
#[derive(Debug)]
pub(crate) struct Report {
    instance: Instance,
    applied: Applied,
    arrived: Timestamp,
}

/// Listens until `stop`. The client subscribes again by itself after a reconnect.
///
/// Hearing never waits for the database: a busy pool would make every instance look silent, and receipts would end
/// with what is not so.
pub(crate) async fn listen(state: Auth, notes: Receiver<Note>, stop: CancellationToken) {
    let client = state.authority.client();
    let subscribed =
        tokio::try_join!(client.subscribe(subjects::ALL_MARKERS), client.subscribe(subjects::ALL_APPLIED));
    let (markers, applied) = match subscribed {
        Ok(subscriptions) => subscriptions,
        Err(error) => {
            tracing::error!(%error, "receipts cannot be followed");
            return stop.cancelled().await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = hear(&state, markers, applied) => {}
        () = note_all(&state, notes) => {}
    }
}

async fn hear(state: &Auth, mut markers: Subscriber, mut applied: Subscriber) {
    loop {
        tokio::select! {
            Some(marker) = markers.next() => {
                if let Some(instance) = Instance::of(&marker.subject) {
                    state.presence.hear(instance);
                }
            }
            Some(message) = applied.next() => {
                if let Some(report) = read(&message, state.clock.now()) {
                    state.presence.note(Note::Report(report));
                }
            }
            else => return,
        }
    }
}

/// The report of a ban; other revocations have no receipt.
fn read(message: &async_nats::Message, arrived: Timestamp) -> Option<Report> {
    let instance = Instance::of(&message.subject)?;
    let applied: Applied = serde_json::from_slice(&message.payload).ok()?;
    let of_ban = applied.kind == Kind::User && applied.reason_code == ReasonCode::Banned;
    of_ban.then_some(Report { instance, applied, arrived })
}

async fn note_all(state: &Auth, mut notes: Receiver<Note>) {
    while let Some(note) = notes.recv().await {
        let done = match note {
            Note::Report(report) => note_report(state, &report).await,
            Note::Pull { instance, applied_through, at } => {
                note_pull(state, &instance, applied_through, at).await
            }
        };
        if let Err(error) = done {
            tracing::warn!(%error, "a receipt was not noted");
        }
    }
}

async fn note_report(state: &Auth, report: &Report) -> Result<(), sqlx::Error> {
    let Report { instance, applied, arrived } = report;
    metrics::counter!("auth_revocations_applied_total", "service" => instance.service.clone()).increment(1);
    let mut db = state.pool.acquire().await?;
    let user = UserId::from_uuid(applied.id);
    store::receipts::applied(&mut db, user, applied.generation, instance, *arrived).await
}

async fn note_pull(
    state: &Auth,
    instance: &Instance,
    applied_through: Option<i64>,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut db = state.pool.acquire().await?;
    store::pulls::note(&mut db, instance).await?;
    let Some(cursor) = applied_through else { return Ok(()) };
    store::pulls::applied_through(&mut db, instance, cursor, at).await
}

/// Instances that are there: their marker was heard, or they asked any instance of auth.
pub(crate) async fn alive(state: &Auth, db: &mut PgConnection) -> Result<Vec<Instance>, sqlx::Error> {
    let mut alive = store::pulls::heard_within(db, ALIVE).await?;
    alive.extend(state.presence.alive());
    Ok(alive)
}

/// Ends what no report will end any more, so that every receipt comes to an end.
///
/// It says only what must be so. Two seconds after T0 an instance has applied the ban or has no lease, unless auth
/// gave it one; and silence on the bus is proven by our own marker that came back: without it, it is we who hear
/// nothing.
pub(crate) async fn end_receipts(state: &Auth) -> Result<(), sqlx::Error> {
    if !state.authority.hears_bus() {
        return Ok(());
    }
    let now = state.clock.now();
    let margin = TimeDelta::from_std(LEASELESS).unwrap_or(TimeDelta::MAX);
    let mut db = state.pool.acquire().await?;
    let pulling = store::pulls::heard_within(&mut db, LEASELESS).await?;
    for pending in store::receipts::pending(&mut db, now - margin).await? {
        let pulls = pulling.iter().any(|one| one.service == pending.service && one.name == pending.instance);
        if !pulls && state.presence.is_leaseless(&pending.service, &pending.instance) {
            store::receipts::end(&mut db, &pending, InstanceGone::NoLease).await?;
        } else if now - pending.acknowledged_at > auth::REPORT_MAX {
            store::receipts::end(&mut db, &pending, InstanceGone::ReportLost).await?;
        }
    }
    Ok(())
}
