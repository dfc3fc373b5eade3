//! Availability for those who watch: one query per instance and moment, however many watch.
//!
//! The copy of the stock may be written by another instance, so it is looked at instead of listened to.

use crate::{error::Error, state::Tickets, store};
use contracts::{ids::ShowId, shows::Availability};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How often the figures are looked at, and so the most often they are sent: four times a second.
const EVERY: Duration = Duration::from_millis(250);

/// The shows that somebody watches, with the figures that were sent last.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    shows: Arc<Mutex<HashMap<ShowId, watch::Sender<Sent>>>>,
    /// One for each stream that may still be opened.
    seats: Arc<Semaphore>,
}

/// Figures as they are sent: encoded once for all who watch.
#[derive(Debug)]
pub(crate) struct Sent {
    figures: Availability,
    pub(crate) json: Arc<str>,
}

impl Sent {
    fn new(figures: Availability) -> serde_json::Result<Self> {
        let json = serde_json::to_string(&figures)?.into();
        Ok(Self { figures, json })
    }
}

/// One who watches a show. Makes room for another when dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) figures: watch::Receiver<Sent>,
    _seat: OwnedSemaphorePermit,
}

impl Watched {
    /// Room for this many who watch at the same time.
    pub(crate) fn new(streams_max: usize) -> Self {
        Self { shows: Arc::default(), seats: Arc::new(Semaphore::new(streams_max)) }
    }

    /// The figures of a show from now on; `current` unless somebody watches it already.
    ///
    /// # Errors
    /// [`Error::Crowded`] where too many watch.
    pub(crate) fn subscribe(&self, current: Availability) -> Result<Watch, Error> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().map_err(|_| Error::Crowded)?;
        let mut shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match shows.entry(current.show_id) {
            Entry::Occupied(watched) => watched.into_mut(),
            Entry::Vacant(new) => new.insert(watch::Sender::new(Sent::new(current)?)),
        };
        Ok(Watch { figures: sender.subscribe(), _seat: seat })
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
                sender.send_if_modified(|sent| renew(sent, figures));
            }
        }
    }
}

/// Takes over what has changed. Says whether it did.
fn renew(sent: &mut Sent, figures: Availability) -> bool {
    if sent.figures == figures {
        return false;
    }
    match Sent::new(figures) {
        Ok(new) => *sent = new,
        Err(error) => {
            tracing::error!(%error, "availability cannot be encoded");
            return false;
        }
    }
    true
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
