//! Messages that were taken from the bus and are not settled yet.
//!
//! The server gives a message to another instance when it hears nothing of it for [`topology::ACK_WAIT`]. So a
//! live process reports on everything that it holds, and gives back what it will not handle; only the messages of
//! a dead one wait.

use crate::topology;
use async_nats::jetstream::{AckKind, Message, consumer::PullConsumer, consumer::pull};
use futures::{FutureExt, StreamExt};
use std::{collections::VecDeque, future::Future, time::Duration};
use tokio::time::{Instant, sleep_until};

/// Messages asked for at once: few, because those of a process that dies wait for [`topology::ACK_WAIT`].
const BATCH: usize = 16;
/// How long one request for messages stands.
const REQUEST_WAIT: Duration = Duration::from_secs(5);
/// How often the server hears that what is held is worked on.
const REPORT: Duration = Duration::from_secs(2);
const _: () = assert!(REPORT.as_secs() * 3 <= topology::ACK_WAIT.as_secs());

/// One request for messages, and those that arrived and were not handed out yet.
pub(crate) struct Held {
    batch: pull::Batch,
    waiting: VecDeque<Message>,
    failure: Option<async_nats::Error>,
    reported: Instant,
}

impl Held {
    /// Asks for messages.
    pub(crate) async fn ask(consumer: &PullConsumer) -> Result<Self, async_nats::Error> {
        let batch = consumer.batch().max_messages(BATCH).expires(REQUEST_WAIT).messages().await?;
        Ok(Self { batch, waiting: VecDeque::new(), failure: None, reported: Instant::now() })
    }

    /// The next message; `None` when the request has ended. May be dropped and asked again.
    pub(crate) async fn next(&mut self) -> Option<Result<Message, async_nats::Error>> {
        self.collect();
        if let Some(message) = self.waiting.pop_front() {
            return Some(Ok(message));
        }
        if let Some(failure) = self.failure.take() {
            return Some(Err(failure));
        }
        let next = self.batch.next().await;
        self.reported = Instant::now();
        next
    }

    /// The messages behind the one that was handed out last.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Message> {
        self.waiting.iter()
    }

    /// Does `work` on `message`, and tells the server meanwhile that this message and all behind it are held.
    pub(crate) async fn during<T>(&mut self, message: &Message, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = sleep_until(self.reported + REPORT) => self.report(message).await,
            }
        }
    }

    /// Gives back what was not handled, so that nobody waits for it. The request ends first: otherwise the
    /// server would answer it with the very messages that are given back.
    pub(crate) async fn give_back(mut self) {
        self.collect();
        drop(self.batch);
        for message in self.waiting {
            if let Err(error) = message.ack_with(AckKind::Nak(None)).await {
                tracing::debug!(%error, "a message could not be given back");
            }
        }
    }

    async fn report(&mut self, current: &Message) {
        self.collect();
        self.reported = Instant::now();
        for message in std::iter::once(current).chain(&self.waiting) {
            if let Err(error) = message.ack_with(AckKind::Progress).await {
                tracing::debug!(%error, "progress could not be reported");
            }
        }
    }

    /// Takes in what has arrived.
    fn collect(&mut self) {
        while let Some(Some(arrived)) = self.batch.next().now_or_never() {
            match arrived {
                Ok(message) => self.waiting.push_back(message),
                Err(failure) => self.failure = Some(failure),
            }
        }
    }
}
