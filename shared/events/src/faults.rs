//! Faults on purpose: a test makes the runner stop at a labelled step, as a crash there would.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

/// A labelled step of handling or publishing a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The message was read; no transaction is open yet.
    Received,
    /// The handler has done its work; nothing is committed.
    Handled,
    /// The transaction is committed; the bus does not know yet.
    Committed,
    /// Of the [`RELAY`]: the bus has the facts; the outbox does not know yet.
    Published,
}

/// The name under which faults of a service's relay are planned.
pub const RELAY: &str = "relay";

impl Step {
    /// Every step of a consumer, in order.
    pub const ALL: &'static [Self] = &[Self::Received, Self::Handled, Self::Committed];
}

/// The process would have died here.
#[derive(Debug, thiserror::Error)]
#[error("a fault was asked for at {0:?}")]
pub struct Crash(Step);

/// Which faults are still to come, by consumer and step. None, unless a test asks for them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<HashMap<(String, Step), u32>>>);

impl Faults {
    /// The faults that a test of this process plans for the services on the bus at `nats_url`.
    pub fn planned_for(nats_url: &str) -> Self {
        static PLANS: LazyLock<Mutex<HashMap<String, Faults>>> = LazyLock::new(Mutex::default);
        let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
        plans.entry(nats_url.to_owned()).or_default().clone()
    }

    /// Lets the consumer `durable`, such as `orders-payments`, crash at `step` the next `times` that it gets there.
    pub fn crash(&self, durable: &str, step: Step, times: u32) {
        self.planned().insert((durable.to_owned(), step), times);
    }

    /// Lets the consumer `durable` crash once at each step; one message is enough to meet all of them.
    pub fn crash_everywhere(&self, durable: &str) {
        for step in Step::ALL {
            self.crash(durable, *step, 1);
        }
    }

    /// Have all the faults that were asked for happened?
    pub fn exhausted(&self) -> bool {
        self.planned().values().all(|left| *left == 0)
    }

    pub(crate) fn reach(&self, durable: &str, step: Step) -> Result<(), Crash> {
        match self.planned().get_mut(&(durable.to_owned(), step)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err(Crash(step))
            }
            _ => Ok(()),
        }
    }

    fn planned(&self) -> MutexGuard<'_, HashMap<(String, Step), u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_its_own_consumer_only() {
        let faults = Faults::default();
        faults.crash("orders-payments", Step::Handled, 1);
        assert!(faults.reach("orders-users", Step::Handled).is_ok());
        assert!(faults.reach("orders-payments", Step::Received).is_ok());
        assert!(!faults.exhausted());
        assert!(faults.reach("orders-payments", Step::Handled).is_err());
        assert!(faults.exhausted());
        assert!(faults.reach("orders-payments", Step::Handled).is_ok());
    }

    #[test]
    fn one_message_can_meet_a_crash_at_each_step() {
        let faults = Faults::default();
        faults.crash_everywhere("orders-payments");
        let tries = || Step::ALL.iter().try_for_each(|step| faults.reach("orders-payments", *step));
        assert!((0..Step::ALL.len()).all(|_| tries().is_err()));
        assert!(faults.exhausted());
        assert!(tries().is_ok());
    }
}
