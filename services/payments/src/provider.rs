//! Payment providers: whoever moves the money. They all stand behind one trait.
//!
//! To add one: a module below this one that implements [`Provider`], and a word in `config`.

pub(crate) mod sandbox;

use async_trait::async_trait;
use contracts::Money;
use std::{error::Error, future::Future, sync::Arc, time::Duration};

/// Where a charge stands in the provider's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Charge {
    /// The provider does not know yet.
    Processing,
    /// The buyer must pass a challenge, at the address where the provider has a page for it.
    Challenge { url: Option<String> },
    /// Money is reserved.
    Authorized,
    /// Refused; nothing was reserved.
    Declined,
    /// Money was taken.
    Captured,
    /// The reservation was given back.
    Voided,
    /// The capture was refused for good; nothing was taken.
    Failed,
}

/// What a provider says of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The provider's own name of the charge.
    pub(crate) reference: Option<String>,
    /// Where it stands.
    pub(crate) charge: Charge,
}

/// What shall be reserved.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    /// Asking twice with the same key makes one charge.
    pub(crate) key: String,
    /// The provider's token of a card.
    pub(crate) method: String,
    /// How much.
    pub(crate) amount: Money,
}

/// What became of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefundOutcome {
    /// The money is on its way back.
    Issued,
    /// It will not go back, however often it is asked for: why.
    Refused(String),
}

/// The call may have had its effect or not: whoever made it must ask.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutcomeUnknown {
    /// No answer in time.
    #[error("the provider did not answer in time")]
    Timeout,
    /// No usable answer.
    #[error("the provider gave no usable answer")]
    Unusable(#[source] Box<dyn Error + Send + Sync>),
}

impl From<sqlx::Error> for OutcomeUnknown {
    fn from(error: sqlx::Error) -> Self {
        Self::Unusable(Box::new(error))
    }
}

/// Something that the provider told us unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderEvent {
    /// Unique per event; the same when it is sent again.
    pub(crate) id: String,
    /// The charge that it is about: our key or the provider's reference.
    pub(crate) subject: Option<String>,
}

/// Moves the money. A charge is named by the idempotency key that it was made with. Every method may be called again
/// with the same arguments: it then has no second effect.
#[async_trait]
pub(crate) trait Provider: Send + Sync {
    /// Its name in paths and tables.
    fn name(&self) -> &'static str;

    /// Reserves money without taking it.
    async fn authorize(&self, authorization: &Authorization) -> Result<Answer, OutcomeUnknown>;

    /// The buyer came back from the challenge.
    async fn confirm(&self, key: &str, passed: bool) -> Result<Answer, OutcomeUnknown>;

    /// Takes what is reserved.
    async fn capture(&self, key: &str) -> Result<Answer, OutcomeUnknown>;

    /// Gives back what is reserved. A key that is not known there is ended: a call that reserves under it, and is still
    /// under way, finds that out and reserves nothing.
    async fn void(&self, authorization: &Authorization) -> Result<Answer, OutcomeUnknown>;

    /// Gives back an amount of what was taken, once per `refund_key`.
    async fn refund(
        &self,
        key: &str,
        refund_key: &str,
        amount: Money,
    ) -> Result<RefundOutcome, OutcomeUnknown>;

    /// What became of a charge. None where it is not known there (yet): the call may never have arrived.
    async fn find(&self, key: &str) -> Result<Option<Answer>, OutcomeUnknown>;

    /// The header that carries the signature of its webhooks.
    fn signature_header(&self) -> &'static str;

    /// The secrets that its webhooks may be signed with; several while one replaces the other.
    async fn webhook_secrets(&self) -> Result<Vec<String>, OutcomeUnknown>;

    /// Reads a webhook whose signature was checked. None where it is not an event.
    fn event(&self, body: &serde_json::Value) -> Option<ProviderEvent>;
}

/// The provider in use, with a limit on how long each call may take. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gateway {
    provider: Arc<dyn Provider>,
    timeout: Duration,
}

impl Gateway {
    pub(crate) fn new(provider: Arc<dyn Provider>, timeout: Duration) -> Self {
        Self { provider, timeout }
    }

    /// How long a call may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The provider itself, for what takes no time.
    pub(crate) fn provider(&self) -> &dyn Provider {
        self.provider.as_ref()
    }

    pub(crate) async fn authorize(&self, authorization: &Authorization) -> Result<Answer, OutcomeUnknown> {
        self.call("authorize", self.provider.authorize(authorization)).await
    }

    pub(crate) async fn confirm(&self, key: &str, passed: bool) -> Result<Answer, OutcomeUnknown> {
        self.call("confirm", self.provider.confirm(key, passed)).await
    }

    pub(crate) async fn capture(&self, key: &str) -> Result<Answer, OutcomeUnknown> {
        self.call("capture", self.provider.capture(key)).await
    }

    pub(crate) async fn void(&self, authorization: &Authorization) -> Result<Answer, OutcomeUnknown> {
        self.call("void", self.provider.void(authorization)).await
    }

    pub(crate) async fn find(&self, key: &str) -> Result<Option<Answer>, OutcomeUnknown> {
        self.call("find", self.provider.find(key)).await
    }

    pub(crate) async fn refund(
        &self,
        key: &str,
        refund_key: &str,
        amount: Money,
    ) -> Result<RefundOutcome, OutcomeUnknown> {
        self.call("refund", self.provider.refund(key, refund_key, amount)).await
    }

    async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, OutcomeUnknown>>,
    ) -> Result<T, OutcomeUnknown> {
        let answered = tokio::time::timeout(self.timeout, call).await;
        let answered = answered.unwrap_or(Err(OutcomeUnknown::Timeout));
        let outcome = if answered.is_ok() { "answered" } else { "unknown" };
        metrics::counter!("provider_calls_total", "call" => name, "outcome" => outcome).increment(1);
        answered
    }
}
