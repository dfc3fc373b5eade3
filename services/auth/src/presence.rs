//! Which instances are there, and what they have applied: listens to markers and `revocation_applied`.

use crate::{state::Auth, store};
use async_nats::Subscriber;
use auth::{
    revocation::{Applied, Kind, ReasonCode},
    subjects,
};
use chrono::TimeDelta;
use contracts::{Timestamp, auth::InstanceGone, ids::UserId};
use futures::StreamExt;
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

/// Reports that wait for the database at most; more are lost, and their receipts end as if they had not come.
const REPORTS_MAX: usize = 4_096;

/// One instance of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) service: String,
    pub(crate) name: String,
}

impl Instance {
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
}

impl Presence {
    pub(crate) fn new() -> Self {
        Self { heard: Arc::default(), since: Instant::now() }
    }

    /// Instances whose marker was heard under four seconds ago.
    pub(crate) fn alive(&self) -> Vec<Instance> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter(|(_, at)| at.elapsed() < ALIVE).map(|(instance, _)| instance.clone()).collect()
    }

    /// Was no marker heard for longer than a lease lives, though we listened?
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

/// What an instance has applied, and when that was heard.
struct Report {
    instance: Instance,
    applied: Applied,
    arrived: Timestamp,
}

/// Listens until `stop`. The client subscribes again by itself after a reconnect.
///
/// Hearing never waits for the database: a busy pool would make every instance look silent, and receipts would end
/// with what is not so.
pub(crate) async fn listen(state: Auth, stop: CancellationToken) {
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
    let (reports, heard) = mpsc::channel(REPORTS_MAX);
    tokio::select! {
        () = stop.cancelled() => {}
        () = hear(&state, markers, applied, reports) => {}
        () = note_all(&state, heard) => {}
    }
}

async fn hear(state: &Auth, mut markers: Subscriber, mut applied: Subscriber, reports: Sender<Report>) {
    loop {
        tokio::select! {
            Some(marker) = markers.next() => {
                if let Some(instance) = Instance::of(&marker.subject) {
                    state.presence.hear(instance);
                }
            }
            Some(message) = applied.next() => {
                let report = read(&message, state.clock.now()).map(|report| reports.try_send(report));
                if let Some(Err(TrySendError::Full(_))) = report {
                    tracing::warn!("a report is lost: too many wait for the database");
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

async fn note_all(state: &Auth, mut heard: Receiver<Report>) {
    while let Some(report) = heard.recv().await {
        if let Err(error) = note(state, &report).await {
            tracing::warn!(%error, "a receipt was not noted");
        }
    }
}

async fn note(state: &Auth, report: &Report) -> Result<(), sqlx::Error> {
    let Report { instance, applied, arrived } = report;
    metrics::counter!("auth_revocations_applied_total", "service" => instance.service.clone()).increment(1);
    let mut db = state.pool.acquire().await?;
    let user = UserId::from_uuid(applied.id);
    store::receipts::applied(&mut db, user, applied.generation, instance, *arrived).await
}

/// Ends what no report will end any more, so that every receipt comes to an end.
///
/// It says only what must be so. Two seconds after T0 an instance has applied the ban or has no lease, and silence
/// on the bus is proven by this instance's own lease: without one, it is we who hear nothing.
pub(crate) async fn end_receipts(state: &Auth) -> Result<(), sqlx::Error> {
    if state.authority.lease_left().is_none() {
        return Ok(());
    }
    let now = state.clock.now();
    let margin = TimeDelta::from_std(LEASELESS).unwrap_or(TimeDelta::MAX);
    let mut db = state.pool.acquire().await?;
    for pending in store::receipts::pending(&mut db, now - margin).await? {
        if state.presence.is_leaseless(&pending.service, &pending.instance) {
            store::receipts::end(&mut db, &pending, InstanceGone::NoLease).await?;
        } else if now - pending.acknowledged_at > auth::REPORT_MAX {
            store::receipts::end(&mut db, &pending, InstanceGone::ReportLost).await?;
        }
    }
    Ok(())
}
