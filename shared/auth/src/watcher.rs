//! Follows the stream of revocations into memory and keeps the freshness lease. See [`crate::lease`].

use crate::{
    authority::Inner,
    boottime,
    bus::{self, BusError, Following},
    keys::{self, Retirements, SignedReader},
    lease::{Barrier, LIFE, MARKER_EVERY},
    pull::Position,
    revocation::{self, Applied, Complete, Revocation},
    subjects,
};
use async_nats::{
    HeaderMap,
    connection::State,
    jetstream::{self, Message, consumer::DeliverPolicy},
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// A session that hears nothing for so long (not even its own markers) begins again.
const SILENCE_MAX: Duration = Duration::from_millis(1_500);
/// A session whose own markers do not come back for so long begins again.
const MARKERLESS_MAX: Duration = Duration::from_secs(10);
/// Pause between two sessions.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest wait for room in the client's queue.
const QUEUE_MAX: Duration = Duration::from_millis(100);
/// How long the bus keeps a marker.
const MARKER_TTL: &str = "5s";
/// Only revocations younger than this are reported as applied: at start-up there may be many old ones.
pub const REPORT_MAX: chrono::TimeDelta = chrono::TimeDelta::seconds(60);
/// Expired revocations are forgotten every so many markers.
const PRUNE_EVERY: u32 = 75;

/// The task that follows `KV_revocations`.
pub(crate) struct Watcher {
    inner: Arc<Inner>,
    jetstream: jetstream::Context,
    connected: watch::Receiver<u64>,
    marker_subject: String,
    applied_subject: String,
    created: Option<String>,
}

impl Watcher {
    pub(crate) fn new(inner: Arc<Inner>, connected: watch::Receiver<u64>) -> Self {
        Self {
            jetstream: jetstream::new(inner.client.clone()),
            marker_subject: subjects::marker(&inner.service, &inner.instance),
            applied_subject: subjects::applied(&inner.service, &inner.instance),
            created: None,
            inner,
            connected,
        }
    }

    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Err(error) = self.session() => report(&error),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(PAUSE) => {}
            }
        }
    }

    async fn session(&mut self) -> Result<Infallible, BusError> {
        // Connections from here on end the session: what was under way on the old one may be lost.
        let mut connected = self.connected.clone();
        bus::first_connection(&mut connected).await;
        let mut following = self.open().await?;
        self.note_stream(&following.created);
        let mut session = Session::new();
        let mut tick = interval(MARKER_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = following.next() => {
                    let message = message?;
                    if !following.caught_up {
                        // No marker of our own can come before all that was there when we began.
                        session.proven = Instant::now();
                    }
                    self.deliver(&message, &mut session).await;
                }
                _ = connected.changed() => return Err(BusError::Reconnected),
                _ = tick.tick() => {
                    session.expect_life()?;
                    self.mark(&mut session).await;
                }
            }
        }
    }

    async fn open(&self) -> Result<Following, BusError> {
        let name = format!("{}-{}", self.inner.service, self.inner.instance);
        let filters = vec![
            subjects::ALL_USERS.to_owned(),
            subjects::ALL_SESSIONS.to_owned(),
            subjects::COMPLETE.to_owned(),
            subjects::RETIREMENTS.to_owned(),
            self.marker_subject.clone(),
        ];
        // Not only the newest writing of each entry: where two crossed, it may be the lower generation.
        let begin = DeliverPolicy::All;
        Following::open(&self.jetstream, subjects::REVOCATIONS, &name, filters, begin).await
    }

    /// A stream created anew drops the lease, never what is remembered.
    fn note_stream(&mut self, created: &str) {
        if self.created.as_deref().is_some_and(|known| known != created) {
            tracing::warn!("the stream of revocations was created anew");
            self.inner.judge.lease.end();
            self.inner.heard.end();
        }
        self.created = Some(created.to_owned());
        self.inner.sessions.send_modify(|count| *count += 1);
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of memory's size are exact in an f64")]
    fn known(&self) -> f64 {
        self.inner.judge.revocations.len() as f64
    }

    async fn mark(&self, session: &mut Session) {
        session.ticks += 1;
        if session.ticks.is_multiple_of(PRUNE_EVERY) {
            self.inner.judge.revocations.prune(boottime::wall());
        }
        metrics::gauge!("auth_revocations_known").set(self.known());
        metrics::gauge!("auth_lease_left_seconds")
            .set(self.inner.judge.lease.left(boottime::now()).as_secs_f64());
        if self.inner.client.connection_state() != State::Connected {
            return;
        }
        let nonce = rand::random();
        // The time is noted before the marker is written: see `lease`.
        session.barrier.written(nonce, boottime::now());
        let mut headers = HeaderMap::new();
        headers.insert("Nats-TTL", MARKER_TTL);
        let writing = self.inner.client.publish_with_headers(
            self.marker_subject.clone(),
            headers,
            nonce.to_string().into(),
        );
        if !matches!(timeout(QUEUE_MAX, writing).await, Ok(Ok(()))) {
            tracing::debug!("a marker could not be written");
        }
    }

    async fn deliver(&self, message: &Message, session: &mut Session) {
        session.heard = Instant::now();
        let subject = message.subject.as_str();
        if subject == self.marker_subject {
            let nonce = std::str::from_utf8(&message.payload).ok().and_then(|text| text.parse().ok());
            if let Some(t0) = nonce.and_then(|nonce| session.barrier.delivered(nonce)) {
                session.proven = Instant::now();
                self.extend(t0, session);
            }
        } else if subject == subjects::COMPLETE {
            let read = self.inner.reader.read::<Complete>(revocation::COMPLETE_TYPE, &message.payload);
            // One that was on its way while the stream was created anew tells of the old one.
            if let Some(complete) = read.filter(|complete| Some(&complete.stream) == self.created.as_ref()) {
                session.barrier.completed();
                session.position = complete.position;
            }
        } else if subject == subjects::RETIREMENTS {
            self.retire_keys(&message.payload);
        } else {
            self.learn(subject, &message.payload).await;
        }
    }

    fn extend(&self, t0: Duration, session: &Session) {
        self.inner.judge.lease.extend(t0);
        self.inner.heard.extend(t0);
        // All that auth had written before it said so has been applied. A marker that comes back late proves less:
        // what was written again and again meanwhile may have been replaced before it was delivered.
        let in_time = t0 + LIFE > boottime::now();
        if let Some(position) = session.position.filter(|_| in_time) {
            self.inner.knows_through(position);
        }
    }

    fn retire_keys(&self, value: &[u8]) {
        let Some(said) = self.inner.reader.read::<Retirements>(keys::RETIREMENTS_TYPE, value) else {
            metrics::counter!("auth_revocations_ignored_total").increment(1);
            tracing::warn!("ignored retirements of keys that auth did not sign");
            return;
        };
        for retirement in &said.keys {
            self.inner.judge.keys.retire(retirement);
        }
        // Live streams of people whose tokens have just died.
        self.inner.changes.send_modify(|count| *count += 1);
    }

    async fn learn(&self, subject: &str, value: &[u8]) {
        let now = boottime::wall();
        // An entry is delivered as often as the bus keeps it. To verify a signature costs more than all else, so what
        // would change nothing is not worth it, whoever wrote it.
        let said = SignedReader::peek::<Revocation>(value);
        if said.is_some_and(|said| said.expires_at <= now || self.inner.judge.revocations.knows(&said)) {
            return;
        }
        let read = self.inner.reader.read::<Revocation>(revocation::TYPE, value);
        let Some(revocation) = read.filter(|revocation| revocation.subject() == subject) else {
            // An entry that disappears, or that auth did not sign: what is known stays.
            if !value.is_empty() {
                metrics::counter!("auth_revocations_ignored_total").increment(1);
                tracing::warn!(subject, "ignored an entry that auth did not sign");
            }
            return;
        };
        if !self.inner.learn(&revocation, now) {
            return;
        }
        if now - revocation.at < REPORT_MAX {
            self.report_applied(&revocation).await;
        }
    }

    async fn report_applied(&self, revocation: &Revocation) {
        let applied = Applied {
            kind: revocation.kind,
            id: revocation.id,
            generation: revocation.generation,
            reason_code: revocation.reason_code,
        };
        let Ok(payload) = serde_json::to_vec(&applied) else { return };
        let saying = self.inner.client.publish(self.applied_subject.clone(), payload.into());
        if !matches!(timeout(QUEUE_MAX, saying).await, Ok(Ok(()))) {
            tracing::debug!("an applied revocation could not be reported");
        }
    }
}

/// One consumer's life.
struct Session {
    barrier: Barrier,
    /// Of the newest `a.complete`.
    position: Option<Position>,
    heard: Instant,
    proven: Instant,
    ticks: u32,
}

impl Session {
    fn new() -> Self {
        let now = Instant::now();
        Self { barrier: Barrier::default(), position: None, heard: now, proven: now, ticks: 0 }
    }

    fn expect_life(&self) -> Result<(), BusError> {
        let markerless = self.barrier.is_complete() && self.proven.elapsed() > MARKERLESS_MAX;
        if markerless || self.heard.elapsed() > SILENCE_MAX { Err(BusError::Silent) } else { Ok(()) }
    }
}

fn report(error: &BusError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::info!(%error, cause, "following revocations begins again");
}
