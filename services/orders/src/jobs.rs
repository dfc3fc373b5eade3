//! What happens by itself, in bounded batches, on every instance: locks keep them out of each other's way.

mod end_cancelled_shows;
mod publish_stock;
mod return_resold;
mod sweep_expired;

use crate::state::Orders;
use events::outbox::PublishError;
use service::Lifecycle;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Figures go out four times a second.
const PUBLISH_STOCK: Duration = Duration::from_millis(250);
/// Expired holds are for sale within two seconds, whoever is down.
const SWEEP_EXPIRED: Duration = Duration::from_millis(250);
/// How soon a cancelled show's orders are begun with.
const END_CANCELLED_SHOWS: Duration = Duration::from_millis(250);
/// How soon a place is for sale again that a refunded order had sold on.
const RETURN_RESOLD: Duration = Duration::from_secs(1);

/// Starts every job.
pub(crate) fn start(state: &Orders, lifecycle: &Lifecycle) {
    let job = state.clone();
    lifecycle.spawn(
        "publish_stock",
        every(state.clone(), PUBLISH_STOCK, move || publish_stock::round(job.clone())),
    );
    let job = state.clone();
    lifecycle.spawn(
        "sweep_expired",
        every(state.clone(), SWEEP_EXPIRED, move || sweep_expired::round(job.clone())),
    );
    let job = state.clone();
    lifecycle.spawn(
        "end_cancelled_shows",
        every(state.clone(), END_CANCELLED_SHOWS, move || end_cancelled_shows::round(job.clone())),
    );
    let job = state.clone();
    lifecycle.spawn(
        "return_resold",
        every(state.clone(), RETURN_RESOLD, move || return_resold::round(job.clone())),
    );
}

/// What a round of a job has done.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    did: bool,
    more: bool,
}

impl Round {
    /// A full batch means that there may be more.
    fn of(done: usize, batch: i64) -> Self {
        Self { did: done > 0, more: i64::try_from(done).is_ok_and(|done| done >= batch) }
    }

    fn and(self, other: Self) -> Self {
        Self { did: self.did || other.did, more: self.more || other.more }
    }
}

/// Does rounds until the process stops; goes on at once while a round says that there is more.
async fn every<R: Future<Output = Result<Round, PublishError>>>(
    state: Orders,
    period: Duration,
    round: impl Fn() -> R,
) {
    let mut tick = interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !state.stop.is_cancelled() {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        loop {
            let done = round().await.unwrap_or_else(|error| {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error), "a job's round failed");
                Round::default()
            });
            if done.did {
                state.backbone.wake();
            }
            if !done.more || state.stop.is_cancelled() {
                break;
            }
        }
    }
}
