//! Follows the stream of public keys into memory.

use crate::{
    authority::Inner,
    bus::{self, BusError, Following},
    keys::{self, PublicKey},
    subjects,
};
use async_nats::jetstream::{self, consumer::DeliverPolicy};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// The task that follows `KV_keys`.
pub(crate) struct KeyWatcher {
    pub(crate) inner: Arc<Inner>,
    pub(crate) connected: watch::Receiver<u64>,
}

impl KeyWatcher {
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Err(error) = self.session() => tracing::info!(%error, "following public keys begins again"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(PAUSE) => {}
            }
        }
    }

    async fn session(&self) -> Result<Infallible, BusError> {
        let mut connected = self.connected.clone();
        bus::first_connection(&mut connected).await;
        let jetstream = jetstream::new(self.inner.client.clone());
        let name = format!("{}-{}", self.inner.service, self.inner.instance);
        let filters = vec![subjects::ALL_KEYS.to_owned()];
        let newest = DeliverPolicy::LastPerSubject;
        let mut following = Following::open(&jetstream, subjects::KEYS, &name, filters, newest).await?;
        loop {
            tokio::select! {
                message = following.next() => {
                    let message = message?;
                    self.learn(&message.subject, &message.payload);
                }
                _ = connected.changed() => return Err(BusError::Reconnected),
            }
        }
    }

    fn learn(&self, subject: &str, value: &[u8]) {
        let read = self.inner.reader.read::<PublicKey>(keys::TYPE, value);
        let known = read
            .filter(|key| subjects::key(&key.kid) == subject)
            .is_some_and(|key| self.inner.judge.keys.learn(&key));
        if !known && !value.is_empty() {
            tracing::warn!(subject, "ignored a key that auth did not sign");
        }
    }
}
