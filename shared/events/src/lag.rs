//! How far a service's consumers are behind, as far as this process has seen.

use crate::topology::{self, ConsumerSpec};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Nothing was heard of the consumer yet, or not since the connection was lost.
const UNKNOWN: u64 = u64::MAX;

/// By durable, how many messages were still to come when one was last heard of it. Cheap to clone and to ask.
#[derive(Clone, Debug)]
pub(crate) struct Lags(Arc<HashMap<String, AtomicU64>>);

impl Lags {
    pub(crate) fn of(service: &str) -> Self {
        let unknown = |spec: &ConsumerSpec| (spec.durable(), AtomicU64::new(UNKNOWN));
        Self(Arc::new(topology::consumers_of(service).map(unknown).collect()))
    }

    /// Notes how many messages are still to be handled.
    pub(crate) fn note(&self, durable: &str, left: u64) {
        if let Some(lag) = self.0.get(durable) {
            lag.store(left, Ordering::Relaxed);
        }
    }

    /// Forgets what was heard: the connection is gone, and nobody knows what was published since.
    pub(crate) fn forget(&self) {
        for lag in self.0.values() {
            lag.store(UNKNOWN, Ordering::Relaxed);
        }
    }

    /// Is something left, or nothing known?
    pub(crate) fn is_behind(&self, durable: &str) -> bool {
        self.0.get(durable).is_none_or(|lag| lag.load(Ordering::Relaxed) > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_is_behind_until_it_is_known_to_have_handled_everything() {
        let lags = Lags::of("orders");
        assert!(lags.is_behind("orders-users"));
        lags.note("orders-users", 0);
        assert!(!lags.is_behind("orders-users"));
        assert!(lags.is_behind("orders-shows"));
        lags.note("orders-users", 3);
        assert!(lags.is_behind("orders-users"));
        lags.note("orders-users", 0);
        lags.forget();
        assert!(lags.is_behind("orders-users"));
    }
}
