//! The runner: takes messages, opens and commits the handler's transaction, acknowledges after the commit.

use crate::{
    Backbone,
    consumer::{AnyHandler, Failure, Raw},
    dead_letters,
    failures::{self, Attempts, Verdict},
    faults::Step,
    held::Held,
    topology,
};
use async_nats::jetstream::{AckKind, Message, consumer::PullConsumer, message};
use opentelemetry::propagation::Extractor;
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// How long to wait when the bus does not answer.
const PAUSE: Duration = Duration::from_millis(500);
/// How often the bus is asked how much is left, while something is and no message comes.
const LAG_REFRESH: Duration = Duration::from_millis(500);

/// One consumer at work.
struct Runner<'a> {
    backbone: &'a Backbone,
    handler: &'a dyn AnyHandler,
    durable: String,
    attempts: Attempts,
}

pub(crate) async fn run(backbone: &Backbone, handler: &dyn AnyHandler, stop: &CancellationToken) {
    let durable = format!("{}-{}", backbone.service, handler.name());
    let mut runner = Runner { backbone, handler, durable, attempts: Attempts::default() };
    while !stop.is_cancelled() {
        if let Err(error) = runner.take(stop).await {
            tracing::info!(consumer = runner.durable, %error, "waiting for the consumer");
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(PAUSE) => {}
            }
        }
    }
}

impl Runner<'_> {
    /// Handles messages until the bus fails, the connection was made anew, or `stop`. What was taken and not
    /// handled is given back.
    async fn take(&mut self, stop: &CancellationToken) -> Result<(), async_nats::Error> {
        let mut connections = self.backbone.connections.clone();
        connections.mark_unchanged();
        let finding = self.backbone.jetstream.get_consumer_from_stream(&self.durable, topology::EVENTS);
        let mut consumer: PullConsumer = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            found = finding => found?,
        };
        self.note_lag(&mut consumer).await?;
        while !stop.is_cancelled() && !connections.has_changed().unwrap_or(false) {
            let mut held = Held::ask(&consumer).await?;
            let handled = self.handle_all(&mut held, &mut consumer, &mut connections, stop).await;
            held.give_back().await;
            handled?;
        }
        Ok(())
    }

    /// Handles what one request brings, one message after the other; finishes the one at hand on `stop`.
    async fn handle_all(
        &mut self,
        held: &mut Held,
        consumer: &mut PullConsumer,
        connections: &mut watch::Receiver<u64>,
        stop: &CancellationToken,
    ) -> Result<(), async_nats::Error> {
        loop {
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                _ = connections.changed() => return Ok(()),
                next = held.next() => match next {
                    Some(message) => message?,
                    None => return Ok(()),
                },
                () = sleep(LAG_REFRESH), if self.backbone.lags.is_behind(&self.durable) => {
                    self.note_lag(consumer).await?;
                    continue;
                }
            };
            let info = message.info()?;
            let overdue = self.attempts.is_overdue(failures::key(&info), Instant::now());
            self.note_left(&info, held, u64::from(!overdue));
            let answer = held.during(&message, self.settle(&message, &info)).await;
            message.ack_with(answer).await?;
            if matches!(answer, AckKind::Ack | AckKind::Term) {
                self.note_left(&info, held, 0);
            }
        }
    }

    /// Notes how much is left as far as this process sees. What is overdue is left out; what is put off and awaited
    /// is not among the pending of the server, so it is added.
    fn note_left(&self, info: &message::Info<'_>, held: &Held, current: u64) {
        let now = Instant::now();
        let is_awaited = |message: &&Message| {
            message.info().map_or(true, |info| !self.attempts.is_overdue(failures::key(&info), now))
        };
        let waiting = held.waiting().filter(is_awaited).count() as u64;
        self.backbone.lags.note(&self.durable, info.pending + waiting + current + self.attempts.awaited(now));
    }

    async fn note_lag(&self, consumer: &mut PullConsumer) -> Result<(), async_nats::Error> {
        let info = consumer.info().await?;
        let taken = u64::try_from(info.num_ack_pending).unwrap_or(u64::MAX);
        let taken = taken.saturating_sub(self.attempts.overdue(Instant::now()));
        self.backbone.lags.note(&self.durable, info.num_pending.saturating_add(taken));
        Ok(())
    }

    /// Handles one message and says what to tell the bus.
    async fn settle(&mut self, message: &Message, info: &message::Info<'_>) -> AckKind {
        let raw = Raw {
            subject: message.subject.to_string(),
            headers: message.headers.clone().unwrap_or_default(),
            payload: message.payload.clone(),
        };
        let span = tracing::info_span!("consume", consumer = self.durable, subject = raw.subject);
        // Fails only where no tracing layer is installed, as in some tests.
        drop(span.set_parent(opentelemetry::global::get_text_map_propagator(|propagator| {
            propagator.extract(&Headers(&raw.headers))
        })));
        let key = failures::key(info);
        let Err(failure) = self.try_once(&raw).instrument(span).await else {
            self.attempts.settled(key);
            metrics::counter!("events_handled_total", "consumer" => self.durable.clone()).increment(1);
            return AckKind::Ack;
        };
        let (subject, deliveries) = (&raw.subject, info.delivered);
        let verdict = self.attempts.judge(key, &failure);
        tracing::warn!(consumer = self.durable, subject, deliveries, %failure, ?verdict, "not handled");
        match verdict {
            Verdict::Again(pause) => AckKind::Nak(Some(pause)),
            Verdict::Park => {
                if !dead_letters::keep(&self.backbone.pool, &self.durable, &raw, &failure, info).await {
                    return AckKind::Nak(Some(PAUSE));
                }
                self.attempts.settled(key);
                AckKind::Term
            }
        }
    }

    async fn try_once(&self, raw: &Raw) -> Result<(), Failure> {
        let (backbone, durable) = (self.backbone, self.durable.as_str());
        backbone.faults.reach(durable, Step::Received)?;
        let mut tx = backbone.pool.begin().await?;
        self.handler.handle(&mut tx, backbone.service, raw).await?;
        backbone.faults.reach(durable, Step::Handled)?;
        tx.commit().await?;
        backbone.wake();
        backbone.faults.reach(durable, Step::Committed)?;
        Ok(())
    }
}

struct Headers<'a>(&'a async_nats::HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(async_nats::HeaderValue::as_str)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_ref()).collect()
    }
}
