//! Writes revocations, keys and the completeness entry to the bus, and awaits the acknowledgement.

use crate::{signing_keys, store};
use async_nats::jetstream::{self, message::PublishMessage};
use auth::{
    Authority,
    issue::{RevocationSigner, SignError},
    keys::PublicKey,
    pull::Position,
    revocation::{Complete, Revocation},
    subjects,
};
use contracts::Timestamp;
use futures::{StreamExt, TryStreamExt, future::ready, stream};
use service::Clock;
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, time::timeout};

/// How long an acknowledgement is waited for.
const ACK_MAX: Duration = Duration::from_secs(2);
/// Entries under way at once when all are written again.
const IN_FLIGHT: usize = 128;
/// The same for entries that are noted in the database too.
const NOTING: usize = 6;
/// How often in a row an entry may be replaced while it is written.
const REPLACED_MAX: usize = 5;

/// The bus has not acknowledged an entry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RevokerError {
    #[error("the bus did not acknowledge in time")]
    Timeout,
    #[error("the stream of revocations cannot be asked")]
    Stream(#[from] jetstream::context::GetStreamError),
    #[error("the stream of revocations was created anew meanwhile")]
    Recreated,
    #[error("an entry was replaced again and again while it was written")]
    Replaced,
    #[error("the bus refused an entry")]
    Refused(#[from] jetstream::context::PublishError),
    #[error("an entry cannot be signed")]
    Sign(#[from] SignError),
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the signing keys cannot be read")]
    Keys(#[from] signing_keys::KeyError),
}

/// Writes to the revocation account. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Revoker {
    jetstream: jetstream::Context,
    signer: RevocationSigner,
    pool: PgPool,
    clock: Clock,
    /// Something is still to be written.
    pub(crate) pending: Arc<Notify>,
}

impl Revoker {
    pub(crate) fn new(authority: &Authority, signer: RevocationSigner, pool: PgPool, clock: Clock) -> Self {
        Self::over(authority.client(), signer, pool, clock)
    }

    /// The same over a connection of its own.
    pub(crate) fn over(
        client: async_nats::Client,
        signer: RevocationSigner,
        pool: PgPool,
        clock: Clock,
    ) -> Self {
        let jetstream = jetstream::new(client);
        Self { jetstream, signer, pool, clock, pending: Arc::default() }
    }

    /// Writes revocations that are committed, several at once, and notes which the bus has. `false`: not all of them
    /// yet, and the reconciler goes on trying.
    pub(crate) async fn spread(&self, revocations: &[Revocation]) -> bool {
        if let Err(error) = self.write_and_note_all(revocations.to_vec()).await {
            tracing::warn!(%error, "not every revocation is effective everywhere yet");
            self.pending.notify_one();
            return false;
        }
        true
    }

    /// Writes every key and every live revocation again, then that all are there.
    pub(crate) async fn write_everything(&self) -> Result<(), RevokerError> {
        let begun = self.clock.now();
        let stream = self.stream().await?;
        self.write_keys().await?;
        let (position, everything) = self.everything(begun).await?;
        let revocations = u64::try_from(everything.len()).unwrap_or(u64::MAX);
        self.write_all(everything).await?;
        // What was revoked meanwhile may have been overwritten with what was read before it.
        let meanwhile = self.after(position).await?;
        self.write_and_note_all(meanwhile).await?;
        self.complete(stream, revocations, position).await
    }

    /// Writes every key, and the ends of those that have one: into their own stream for whoever starts, and into that
    /// of revocations, which the freshness lease covers.
    pub(crate) async fn write_keys(&self) -> Result<(), RevokerError> {
        let keys = signing_keys::published(&self.pool, self.clock.now()).await?;
        let retirements = self.signer.retirements(&signing_keys::retirements(&keys))?;
        self.put(subjects::RETIREMENTS.to_owned(), retirements, None).await?;
        for key in keys {
            self.announce(&key).await?;
        }
        Ok(())
    }

    /// Writes one key.
    pub(crate) async fn announce(&self, key: &PublicKey) -> Result<(), RevokerError> {
        self.put(subjects::key(&key.kid), self.signer.key(key)?, None).await
    }

    /// When the stream of revocations was created: its name's only lasting mark.
    async fn stream(&self) -> Result<String, RevokerError> {
        Ok(auth::stream_created(&self.jetstream, subjects::REVOCATIONS).await?)
    }

    /// Says that all is there, of the stream that was there before the first entry was written.
    async fn complete(
        &self,
        stream: String,
        revocations: u64,
        position: Position,
    ) -> Result<(), RevokerError> {
        if self.stream().await? != stream {
            return Err(RevokerError::Recreated);
        }
        let complete = Complete { stream, at: self.clock.now(), revocations, position: Some(position) };
        self.put(subjects::COMPLETE.to_owned(), self.signer.complete(&complete)?, None).await
    }

    /// Writes what the bus has not acknowledged.
    pub(crate) async fn write_pending(&self) -> Result<(), RevokerError> {
        let mut db = self.pool.acquire().await?;
        let pending = store::revocations::pending(&mut db, self.clock.now()).await?;
        drop(db);
        for revocation in &pending {
            self.write_and_note(revocation).await?;
        }
        Ok(())
    }

    /// Writes a revocation and notes that the bus has it.
    ///
    /// Where a newer one has replaced it in the database, that one may have been written before ours, which would
    /// now hide it from whoever starts. So the newer one is written again, until what was written last is the newest.
    async fn write_and_note(&self, revocation: &Revocation) -> Result<(), RevokerError> {
        let mut newest = revocation.clone();
        for _ in 0..REPLACED_MAX {
            if !self.write(&newest).await? {
                return Ok(()); // It has expired: the bus has acknowledged nothing.
            }
            let acknowledged = self.clock.now();
            let mut db = self.pool.acquire().await?;
            if store::revocations::acknowledge(&mut db, &newest, acknowledged).await? {
                return Ok(());
            }
            match store::revocations::find(&mut db, newest.kind, newest.id).await? {
                Some(replacement) => newest = replacement,
                None => return Ok(()), // It has expired and was forgotten.
            }
        }
        Err(RevokerError::Replaced)
    }

    async fn write_and_note_all(&self, revocations: Vec<Revocation>) -> Result<(), RevokerError> {
        let writing = stream::iter(revocations).map(|revocation| {
            let revoker = self.clone();
            async move { revoker.write_and_note(&revocation).await }
        });
        writing.buffer_unordered(NOTING).try_for_each(|()| ready(Ok(()))).await
    }

    async fn everything(&self, now: Timestamp) -> Result<(Position, Vec<Revocation>), RevokerError> {
        let mut db = self.pool.acquire().await?;
        Ok(store::revocations::everything(&mut db, now).await?)
    }

    async fn after(&self, position: Position) -> Result<Vec<Revocation>, RevokerError> {
        let mut db = self.pool.acquire().await?;
        Ok(store::revocations::after(&mut db, position.cursor, self.clock.now()).await?)
    }

    async fn write_all(&self, revocations: Vec<Revocation>) -> Result<(), RevokerError> {
        let writing = stream::iter(revocations).map(|revocation| {
            let revoker = self.clone();
            async move { revoker.write(&revocation).await.map(drop) }
        });
        writing.buffer_unordered(IN_FLIGHT).try_for_each(|()| ready(Ok(()))).await
    }

    /// Writes an entry; `false` where it has expired and nothing was written.
    async fn write(&self, revocation: &Revocation) -> Result<bool, RevokerError> {
        let left = (revocation.expires_at - self.clock.now()).num_seconds();
        let Ok(left @ 1..) = u64::try_from(left) else { return Ok(false) };
        let value = self.signer.revocation(revocation)?;
        self.put(revocation.subject(), value, Some(Duration::from_secs(left))).await?;
        Ok(true)
    }

    async fn put(&self, subject: String, value: String, ttl: Option<Duration>) -> Result<(), RevokerError> {
        let message = PublishMessage::build().payload(value.into());
        let message = match ttl {
            Some(ttl) => message.ttl(ttl),
            None => message,
        };
        let writing = async { self.jetstream.send_publish(subject, message).await?.await };
        timeout(ACK_MAX, writing).await.map_err(|_| RevokerError::Timeout)??;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
