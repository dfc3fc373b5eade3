//! The freshness lease: until when this instance may trust that it knows every revocation.
//!
//! An instance writes a marker into the stream of revocations and waits until its own watcher delivers it. The
//! watcher delivers in stream order, so whatever was acknowledged before the marker was written has been applied
//! by then. The lease ends two seconds after the marker was *written*: a revocation acknowledged later than that
//! is refused at the latest when the lease ends. Times are those of [`crate::boottime::now`].

use crate::sync::{AtomicU64, Ordering};
use std::{collections::VecDeque, time::Duration};

/// How long a marker proves freshness, from the moment it was written.
pub const LIFE: Duration = Duration::from_secs(2);
/// How often a marker is written.
pub const MARKER_EVERY: Duration = Duration::from_millis(400);
/// Markers under way at most; older ones could only prove an ended lease.
const MARKERS_MAX: usize = 8;

/// Until when revocations are known to be up to date. Read on every request, written by the watcher.
#[derive(Debug, Default)]
pub struct Lease {
    until_ns: AtomicU64,
}

impl Lease {
    /// Extends the lease by a proof that was begun at `t0`. A lease never gets shorter by a late proof.
    pub fn extend(&self, t0: Duration) {
        self.until_ns.fetch_max(nanos(t0.saturating_add(LIFE)), Ordering::Release);
    }

    /// Ends the lease now.
    pub fn end(&self) {
        self.until_ns.store(0, Ordering::Release);
    }

    /// Does it hold at that time?
    ///
    /// Ask before looking a revocation up, never after: what the proof covers was applied before the lease was
    /// extended, so a reader that sees the lease sees the revocations.
    pub fn holds(&self, now: Duration) -> bool {
        !self.left(now).is_zero()
    }

    /// How long it still holds.
    pub fn left(&self, now: Duration) -> Duration {
        Duration::from_nanos(self.until_ns.load(Ordering::Acquire).saturating_sub(nanos(now)))
    }
}

/// Which markers of the present session may extend the lease.
///
/// A session is one consumer on the stream. Nothing of an earlier session counts: a new consumer begins with the
/// oldest message, and only a marker written after that is behind everything the consumer must deliver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Barrier {
    complete: bool,
    markers: VecDeque<(u64, Duration)>,
}

impl Barrier {
    /// A marker was written at that time.
    pub fn written(&mut self, nonce: u64, t0: Duration) {
        if self.markers.len() == MARKERS_MAX {
            self.markers.pop_front();
        }
        self.markers.push_back((nonce, t0));
    }

    /// The watcher delivered `a.complete`: auth has written every live revocation into this stream.
    pub fn completed(&mut self) {
        self.complete = true;
    }

    /// The watcher delivered a marker: since when the lease may be counted, if it proves anything.
    pub fn delivered(&mut self, nonce: u64) -> Option<Duration> {
        let place = self.markers.iter().position(|(known, _)| *known == nonce)?;
        let (_, t0) = self.markers.drain(..=place).next_back()?;
        self.complete.then_some(t0)
    }

    /// Has `a.complete` been delivered in this session?
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Barrier, LIFE, Lease};
    use proptest::prelude::*;
    use std::time::Duration;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_new_lease_does_not_hold() {
        assert!(!Lease::default().holds(ms(0)));
        assert!(!Lease::default().holds(ms(1)));
    }

    #[test]
    fn it_is_counted_from_the_writing_and_not_from_the_delivery() {
        let lease = Lease::default();
        lease.extend(ms(10_000)); // delivered at 11 900, say
        assert!(lease.holds(ms(11_999)));
        assert!(!lease.holds(ms(12_000)));
    }

    #[test]
    fn a_late_proof_shortens_nothing_and_an_end_is_an_end() {
        let lease = Lease::default();
        lease.extend(ms(10_000));
        lease.extend(ms(9_000));
        assert_eq!(lease.left(ms(11_000)), ms(1_000));
        lease.end();
        assert!(!lease.holds(ms(10_000)));
    }

    #[test]
    fn no_marker_counts_before_the_stream_is_complete() {
        let mut barrier = Barrier::default();
        barrier.written(1, ms(1));
        assert_eq!(barrier.delivered(1), None);
        barrier.completed();
        assert_eq!(barrier.delivered(1), None, "it was delivered before the stream was complete");
        barrier.written(2, ms(2));
        assert_eq!(barrier.delivered(2), Some(ms(2)));
    }

    #[test]
    fn a_marker_counts_once_and_foreign_ones_never() {
        let mut barrier = Barrier::default();
        barrier.completed();
        barrier.written(1, ms(1));
        barrier.written(2, ms(2));
        assert_eq!(barrier.delivered(7), None);
        assert_eq!(barrier.delivered(2), Some(ms(2)));
        assert_eq!(barrier.delivered(2), None);
        assert_eq!(barrier.delivered(1), None, "older than one that was delivered");
    }

    #[test]
    fn markers_under_way_are_bounded() {
        let mut barrier = Barrier::default();
        barrier.completed();
        for nonce in 0..20 {
            barrier.written(nonce, ms(nonce));
        }
        assert_eq!(barrier.delivered(0), None);
        assert_eq!(barrier.delivered(19), Some(ms(19)));
    }

    proptest! {
        /// Whatever comes back and whenever: the lease never outlives the newest marker by more than its life.
        #[test]
        fn the_lease_never_outlives_its_newest_proof(proofs in proptest::collection::vec(0_u64..100_000, 1..50)) {
            let lease = Lease::default();
            for proof in &proofs {
                lease.extend(ms(*proof));
            }
            let newest = ms(proofs.iter().copied().max().unwrap_or(0));
            prop_assert!(lease.holds(newest));
            prop_assert!(!lease.holds(newest + LIFE));
        }
    }
}
