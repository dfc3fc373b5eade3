//! The envelope of a message: CloudEvents 1.0 attributes in NATS headers (binary mode), JSON in the body.

use crate::{Aggregate, Fact, aggregate::VERSION, consumer::Raw};
use async_nats::HeaderMap;
use contracts::{Timestamp, ids::EventId};
use uuid::Uuid;

/// A fact that arrived.
#[derive(Clone, Debug)]
pub struct Received<A: Aggregate> {
    /// Unique per fact; the same when it is delivered again.
    pub id: EventId,
    /// What happened.
    pub fact: A::Fact,
    /// When it was committed at its publisher.
    pub occurred_at: Timestamp,
    /// The aggregate's whole public state after it.
    pub state: A,
}

/// A message is not what its subject promises.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The subject names no fact of this aggregate.
    #[error("the subject {0} names no fact that is known here")]
    Subject(String),
    /// A header is missing or unreadable.
    #[error("the header {0} is missing or unreadable")]
    Header(&'static str),
    /// The source or type contradicts the subject.
    #[error("the header {0} contradicts the subject")]
    Contradiction(&'static str),
    /// The body is not the aggregate's state.
    #[error("the body is not readable")]
    Body(#[source] serde_json::Error),
}

/// What stands in the outbox and becomes headers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Attributes {
    pub(crate) id: Uuid,
    pub(crate) subject: String,
    pub(crate) aggregate_id: Uuid,
    pub(crate) occurred_at: Timestamp,
    pub(crate) traceparent: Option<String>,
}

impl Attributes {
    pub(crate) fn headers(&self, service: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("ce-specversion", "1.0");
        headers.insert("ce-id", self.id.to_string());
        headers.insert("ce-type", event_type(&self.subject));
        headers.insert("ce-source", format!("/services/{service}"));
        headers.insert("ce-subject", self.aggregate_id.to_string());
        headers.insert("ce-time", self.occurred_at.to_rfc3339());
        headers.insert("content-type", "application/json");
        headers.insert("Nats-Msg-Id", self.id.to_string());
        if let Some(traceparent) = &self.traceparent {
            headers.insert("traceparent", traceparent.as_str());
        }
        headers
    }
}

/// `orders.order.<id>.placed.v1` → `dev.ticketing.orders.order.placed.v1`
fn event_type(subject: &str) -> String {
    let words: Vec<&str> =
        subject.split('.').enumerate().filter(|(at, _)| *at != 2).map(|(_, word)| word).collect();
    format!("dev.ticketing.{}", words.join("."))
}

/// A fact as it leaves its publisher: what the relay sends, and what tests send in a publisher's place.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where it is published.
    pub subject: String,
    /// CloudEvents attributes and the id that JetStream drops duplicates by.
    pub headers: HeaderMap,
    /// The state.
    pub payload: bytes::Bytes,
}

impl Outgoing {
    /// The message of a fact.
    pub fn new<A: Aggregate>(
        id: EventId,
        fact: A::Fact,
        state: &A,
        occurred_at: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        let attributes = Attributes {
            id: id.uuid(),
            subject: crate::aggregate::subject::<A>(state.id(), fact),
            aggregate_id: state.id(),
            occurred_at,
            traceparent: None,
        };
        let headers = attributes.headers(A::SERVICE);
        Ok(Self { headers, payload: serde_json::to_vec(state)?.into(), subject: attributes.subject })
    }

    /// Reads the message as its consumers do.
    pub fn read<A: Aggregate>(self) -> Result<Received<A>, EnvelopeError> {
        Received::read(&Raw { subject: self.subject, headers: self.headers, payload: self.payload })
    }
}

impl<A: Aggregate> Received<A> {
    pub(crate) fn read(raw: &Raw) -> Result<Self, EnvelopeError> {
        let (id, fact) = parse_subject::<A>(&raw.subject)?;
        let state: A = serde_json::from_slice(&raw.payload).map_err(EnvelopeError::Body)?;
        if header(raw, "ce-source")? != format!("/services/{}", A::SERVICE) {
            return Err(EnvelopeError::Contradiction("ce-source"));
        }
        if state.id() != id {
            return Err(EnvelopeError::Contradiction("ce-subject"));
        }
        Ok(Self {
            id: header(raw, "ce-id")?.parse().map_err(|_| EnvelopeError::Header("ce-id"))?,
            fact,
            occurred_at: header(raw, "ce-time")?.parse().map_err(|_| EnvelopeError::Header("ce-time"))?,
            state,
        })
    }
}

fn parse_subject<A: Aggregate>(subject: &str) -> Result<(Uuid, A::Fact), EnvelopeError> {
    let unknown = || EnvelopeError::Subject(subject.to_owned());
    let words: Vec<&str> = subject.split('.').collect();
    let [service, aggregate, id, fact, version] = words[..] else { return Err(unknown()) };
    if service != A::SERVICE || aggregate != A::NAME || version != VERSION {
        return Err(unknown());
    }
    Ok((id.parse().map_err(|_| unknown())?, A::Fact::parse(fact).ok_or_else(unknown)?))
}

fn header<'a>(raw: &'a Raw, name: &'static str) -> Result<&'a str, EnvelopeError> {
    raw.headers.get(name).map(async_nats::HeaderValue::as_str).ok_or(EnvelopeError::Header(name))
}
