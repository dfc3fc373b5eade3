//! Background work: what is open at the provider is brought to its end.
//!
//! Payments, refunds and the provider's own messages each have a loop, so that none waits for another; and in a loop
//! each call of the provider has a slot that is filled again as soon as it is free, so that none waits for the
//! slowest.

pub(crate) mod alarm;
mod asking;
mod listening;
mod refunding;
mod slots;
mod wake;

use crate::{provider::sandbox, state::Payments};
use asking::Asking;
use refunding::Refunding;
use service::Lifecycle;
use std::time::Duration;

pub(crate) use wake::Wake;

/// Starts every job.
pub(crate) fn start(state: &Payments, lifecycle: &Lifecycle) {
    lifecycle.spawn("payments at the provider", slots::work::<Asking>(state.clone()));
    lifecycle.spawn("refunds at the provider", slots::work::<Refunding>(state.clone()));
    lifecycle.spawn("provider events", listening::run(state.clone()));
    lifecycle.spawn("provider events to forget", listening::forget(state.clone()));
    lifecycle.spawn("alarm", alarm::watch(state.clone()));
    if state.gateway.provider().name() == "sandbox" {
        lifecycle.spawn("sandbox webhooks", sandbox::webhooks::send(state.clone()));
    }
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
