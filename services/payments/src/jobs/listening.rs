//! What the provider says unasked: looked into, and forgotten after a while.

use super::wake::{Rest, Worker};
use crate::{error::Error, state::Payments, store::provider_events};
use std::time::Duration;

/// Events looked into at once.
const EVENTS_MAX: i64 = 100;
/// How long processed events are kept: longer than any provider sends one again.
const KEPT: Duration = Duration::from_hours(90 * 24);
/// Events forgotten in one transaction.
const FORGOTTEN_MAX: i64 = 1_000;
/// How often it is looked for events to forget.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// Looks into events until the process stops.
pub(super) async fn run(state: Payments) {
    let mut rest = Rest::of(Worker::Listening);
    while !state.stop.is_cancelled() {
        match once(&state).await {
            Ok(0) => {}
            Ok(_) => {
                state.work.notify_one();
                continue;
            }
            Err(error) => tracing::warn!(%error, "what the provider said could not be looked into"),
        }
        tokio::select! {
            () = state.stop.cancelled() => {}
            () = rest.rest(&state.work) => {}
        }
    }
}

async fn once(state: &Payments) -> Result<u64, Error> {
    let mut connection = state.pool.acquire().await?;
    Ok(provider_events::process(&mut connection, EVENTS_MAX).await?)
}

/// Forgets old events until the process stops.
pub(super) async fn forget(state: Payments) {
    let mut tick = tokio::time::interval(FORGET_EVERY);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = forget_all(&state).await {
            tracing::warn!(%error, "old events of the provider could not be forgotten");
        }
    }
}

/// In small transactions, so that nothing waits for a large one.
async fn forget_all(state: &Payments) -> Result<(), Error> {
    while !state.stop.is_cancelled() {
        let mut connection = state.pool.acquire().await?;
        if provider_events::forget(&mut connection, KEPT, FORGOTTEN_MAX).await? == 0 {
            return Ok(());
        }
    }
    Ok(())
}
