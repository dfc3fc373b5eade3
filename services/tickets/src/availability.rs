//! Availability for those who watch: one query per instance and moment, however many watch.
//!
//! The copy of the stock may be written by another instance, so it is looked at instead of listened to.

use crate::{state::Tickets, store};
use contracts::{ids::ShowId, shows::Availability};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How often the figures are looked at, and so the most often they are sent: four times a second.
const EVERY: Duration = Duration::from_millis(250);

/// The shows that somebody watches, with the figures that were sent last.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    shows: Arc<Mutex<HashMap<ShowId, watch::Sender<Availability>>>>,
    /// One for each stream that may still be opened.
    seats: Arc<Semaphore>,
}

/// One who watches a show. Makes room for another when dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) figures: watch::Receiver<Availability>,
    _seat: OwnedSemaphorePermit,
}

impl Watched {
    /// Room for this many who watch at the same time.
    pub(crate) fn new(streams_max: usize) -> Self {
        Self { shows: Arc::default(), seats: Arc::new(Semaphore::new(streams_max)) }
    }

    /// The figures of a show from now on; `current` unless somebody watches it already. None where too many
    /// watch.
    pub(crate) fn subscribe(&self, current: Availability) -> Option<Watch> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        let mut shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = shows.entry(current.show_id).or_insert_with(|| watch::Sender::new(current));
        Some(Watch { figures: sender.subscribe(), _seat: seat })
    }

    /// The shows that are still watched; forgets the others.
    fn shows(&self) -> Vec<ShowId> {
        let mut shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        shows.retain(|_, sender| sender.receiver_count() > 0);
        shows.keys().copied().collect()
    }

    fn send(&self, figures: Vec<Availability>) {
        let shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        for figures in figures {
            if let Some(sender) = shows.get(&figures.show_id) {
                sender.send_if_modified(|sent| {
                    let changed = *sent != figures;
                    *sent = figures;
                    changed
                });
            }
        }
    }
}

/// Looks at the figures of watched shows until the service stops.
pub(crate) async fn follow(state: Tickets) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.lifecycle.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let shows = state.watched.shows();
        if shows.is_empty() {
            continue;
        }
        match look(&state, &shows).await {
            Ok(figures) => state.watched.send(figures),
            Err(error) => tracing::warn!(%error, "availability cannot be looked at"),
        }
    }
}

async fn look(state: &Tickets, shows: &[ShowId]) -> sqlx::Result<Vec<Availability>> {
    let mut db = state.pool.acquire().await?;
    store::listing_views::availability(&mut db, shows).await
}
