//! What a service does with the facts of others.

use crate::{Aggregate, Fact, Received, envelope::EnvelopeError, faults::Crash, inbox, topology};
use serde::de::DeserializeOwned;
use sqlx::PgTransaction;
use std::{future::Future, pin::Pin, sync::Arc};

/// How a handler is protected against the same message twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It writes a copy, `WHERE copy.version < excluded.version`: versions protect it.
    Copy,
    /// It does something once: the inbox protects it.
    Effect,
}

/// Why a message was not handled.
#[derive(Debug, thiserror::Error)]
pub enum Handling {
    /// Try again later: the reason may pass.
    #[error("try again: {0}")]
    Retry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Never try again: park it as a dead letter.
    #[error("rejected: {0}")]
    Reject(String),
}

impl From<sqlx::Error> for Handling {
    fn from(error: sqlx::Error) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl From<crate::outbox::PublishError> for Handling {
    fn from(error: crate::outbox::PublishError) -> Self {
        Self::Retry(Box::new(error))
    }
}

/// Takes the facts of one kind of aggregate, one at a time, each in a transaction that the runner opens and
/// commits. It must bear every fact twice and in any order.
pub trait Handler: Send + Sync + 'static {
    /// What it listens to.
    type Aggregate: Aggregate;
    /// Its name in [`topology::CONSUMERS`], without the service, such as `listings`.
    const NAME: &'static str;
    /// How it is protected against the same message twice.
    const KIND: Kind;

    /// Does what the fact asks for, within `tx`.
    fn handle(
        &self,
        tx: &mut PgTransaction<'_>,
        event: &Received<Self::Aggregate>,
    ) -> impl Future<Output = Result<(), Handling>> + Send;
}

/// A service's handlers.
#[derive(Clone, Default)]
pub struct Consumers(pub(crate) Vec<Arc<dyn AnyHandler>>);

impl Consumers {
    /// No handlers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a handler.
    #[must_use]
    pub fn on(mut self, handler: impl Handler) -> Self {
        self.0.push(Arc::new(Typed(handler)));
        self
    }

    /// Names of handlers that the service has but the topology does not declare for it, or the other way round.
    pub fn mismatches(&self, service: &str) -> Vec<String> {
        let mut declared: Vec<String> =
            topology::consumers_of(service).map(topology::ConsumerSpec::durable).collect();
        let mut unknown = Vec::new();
        for handler in &self.0 {
            let name = format!("{service}-{}", handler.name());
            match declared.iter().position(|durable| *durable == name) {
                Some(at) => drop(declared.remove(at)),
                None => unknown.push(name),
            }
        }
        unknown.extend(declared);
        unknown
    }
}

/// A message as it came from the bus.
#[derive(Clone, Debug)]
pub struct Raw {
    pub(crate) subject: String,
    pub(crate) headers: async_nats::HeaderMap,
    pub(crate) payload: bytes::Bytes,
}

type Handled<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// Why one try of a message ended without success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Handling(#[from] Handling),
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Crash(#[from] Crash),
}

pub(crate) trait AnyHandler: Send + Sync {
    fn name(&self) -> &'static str;
    fn handle<'a>(
        &'a self,
        tx: &'a mut PgTransaction<'static>,
        service: &'a str,
        raw: &'a Raw,
    ) -> Handled<'a>;
}

struct Typed<H>(H);

impl<H: Handler> AnyHandler for Typed<H>
where
    H::Aggregate: DeserializeOwned,
    <H::Aggregate as Aggregate>::Fact: Fact,
{
    fn name(&self) -> &'static str {
        H::NAME
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgTransaction<'static>,
        service: &'a str,
        raw: &'a Raw,
    ) -> Handled<'a> {
        Box::pin(async move {
            let event = Received::<H::Aggregate>::read(raw)?;
            let durable = format!("{service}-{}", H::NAME);
            if H::KIND == Kind::Effect && !inbox::first_time(tx, &durable, event.id).await? {
                return Ok(());
            }
            self.0.handle(tx, &event).await?;
            Ok(())
        })
    }
}
