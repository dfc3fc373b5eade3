//! Background work: what is open at the provider is brought to its end.

pub(crate) mod alarm;
mod asking;
mod refunding;

use crate::{provider::sandbox, state::Payments, store};
use service::Lifecycle;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How often the worker looks for what is due when nobody wakes it.
const POLL: Duration = Duration::from_millis(200);
/// After it was woken it looks this often, since whoever woke it may not have committed yet.
const EAGER_POLL: Duration = Duration::from_millis(10);
/// How long it stays eager.
const EAGER: Duration = Duration::from_millis(150);
/// Provider events looked into at once.
const EVENTS_MAX: i64 = 100;
/// Payments and refunds that are under way at the provider at once, of one kind.
const AT_ONCE: i64 = 16;

/// Starts every job.
pub(crate) fn start(state: &Payments, lifecycle: &Lifecycle) {
    lifecycle.spawn("provider work", work(state.clone()));
    lifecycle.spawn("alarm", alarm::watch(state.clone()));
    if state.gateway.provider().name() == "sandbox" {
        lifecycle.spawn("sandbox webhooks", sandbox::webhooks::send(state.clone()));
    }
}

/// Does what is due until the process stops.
async fn work(state: Payments) {
    let mut eager_until = Instant::now();
    while !state.stop.is_cancelled() {
        let done = match once(&state).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(%error, "the worker could not work");
                false
            }
        };
        if done {
            continue;
        }
        if Instant::now() < eager_until {
            sleep(EAGER_POLL).await;
            continue;
        }
        tokio::select! {
            () = state.stop.cancelled() => {}
            woken = timeout(POLL, state.work.notified()) => {
                if woken.is_ok() {
                    eager_until = Instant::now() + EAGER;
                }
            }
        }
    }
}

/// One round. True where there was something to do.
async fn once(state: &Payments) -> Result<bool, crate::error::Error> {
    let mut connection = state.pool.acquire().await?;
    let events = store::provider_events::process(&mut connection, EVENTS_MAX).await?;
    drop(connection);
    let (asked, refunded) = tokio::join!(asking::once(state), refunding::once(state));
    Ok(events > 0 || asked? || refunded?)
}

/// How long something at the provider belongs to whoever took it: two calls, and time to write it down.
fn lease(state: &Payments) -> Duration {
    state.gateway.timeout() * 3 + Duration::from_secs(5)
}

/// 100 ms, 200 ms, … 10 s.
fn backoff(asks: i32) -> Duration {
    let doublings = u32::try_from(asks.clamp(1, 8) - 1).unwrap_or(0);
    Duration::from_millis(100 << doublings).min(Duration::from_secs(10))
}
