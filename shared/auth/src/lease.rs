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
