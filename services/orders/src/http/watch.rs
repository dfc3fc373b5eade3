//! Who watches which order: one question to the database for all watchers of a process, four times a second.
//!
//! Asking works whichever instance, consumer or job has changed the order.

use contracts::ids::OrderId;
use sqlx::PgPool;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often the database is asked.
const POLL: Duration = Duration::from_millis(250);

type Senders = HashMap<OrderId, watch::Sender<i64>>;

/// The orders that are watched by live streams of this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watches(Arc<Mutex<Senders>>);

/// One watched order; forgotten with its last watcher.
#[derive(Debug)]
pub(crate) struct Watched {
    id: OrderId,
    versions: watch::Receiver<i64>,
}

impl Watches {
    /// Watches an order from now on. It may have changed since it was read: the first change is told of at once.
    pub(crate) fn watch(&self, id: OrderId) -> Watched {
        let mut versions = self.senders().entry(id).or_insert_with(|| watch::Sender::new(0)).subscribe();
        versions.mark_changed();
        Watched { id, versions }
    }

    /// Asks for the versions of watched orders until `stop`.
    pub(crate) async fn run(self, pool: PgPool, stop: CancellationToken) {
        let mut tick = tokio::time::interval(POLL);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let watched = self.alive();
            if watched.is_empty() {
                continue;
            }
            match versions(&pool, &watched).await {
                Ok(versions) => self.tell(&versions),
                Err(error) => tracing::warn!(%error, "watched orders could not be read"),
            }
        }
    }

    /// Forgets orders that nobody watches any more, and gives the others.
    fn alive(&self) -> Vec<OrderId> {
        let mut senders = self.senders();
        senders.retain(|_, sender| sender.receiver_count() > 0);
        senders.keys().copied().collect()
    }

    fn tell(&self, versions: &[(OrderId, i64)]) {
        let senders = self.senders();
        for (id, version) in versions {
            if let Some(sender) = senders.get(id) {
                sender.send_if_modified(|known| std::mem::replace(known, *version) != *version);
            }
        }
    }

    fn senders(&self) -> MutexGuard<'_, Senders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// Which order.
    pub(crate) fn id(&self) -> OrderId {
        self.id
    }

    /// Waits until the order may have changed.
    pub(crate) async fn changed(&mut self) {
        if self.versions.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn versions(pool: &PgPool, orders: &[OrderId]) -> sqlx::Result<Vec<(OrderId, i64)>> {
    sqlx::query_as("SELECT id, version FROM orders WHERE id = ANY($1)").bind(orders).fetch_all(pool).await
}
