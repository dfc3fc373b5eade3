//! Faults on purpose: a test makes the runner stop at a labelled step, as a crash there would.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// A labelled step of handling a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The message was read; no transaction is open yet.
    Received,
    /// The handler has done its work; nothing is committed.
    Handled,
    /// The transaction is committed; the bus does not know yet.
    Committed,
}

impl Step {
    /// Every step, in order.
    pub const ALL: &'static [Self] = &[Self::Received, Self::Handled, Self::Committed];
}

/// The process would have died here.
#[derive(Debug, thiserror::Error)]
#[error("a fault was asked for at {0:?}")]
pub struct Crash(Step);

/// Which faults are still to come. None, unless a test asks for them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<HashMap<Step, u32>>>);

impl Faults {
    /// The faults that a test of this process plans for the services on the bus at `nats_url`.
    pub fn planned_for(nats_url: &str) -> Self {
        static PLANS: LazyLock<Mutex<HashMap<String, Faults>>> = LazyLock::new(Mutex::default);
        let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
        plans.entry(nats_url.to_owned()).or_default().clone()
    }

    /// Lets the next `times` messages crash at `step`.
    pub fn crash(&self, step: Step, times: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(step, times);
    }

    /// Have all the faults that were asked for happened?
    pub fn exhausted(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().all(|left| *left == 0)
    }

    pub(crate) fn reach(&self, step: Step) -> Result<(), Crash> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match faults.get_mut(&step) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err(Crash(step))
            }
            _ => Ok(()),
        }
    }
}
