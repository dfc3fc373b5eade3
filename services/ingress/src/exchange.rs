//! One request and its answer: what is known about it as it passes through.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http::Method;

use crate::routes::Service;
use crate::streams::Slot;

/// What the proxy remembers between the steps of one request.
pub(crate) struct Exchange {
    pub(crate) started: Instant,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) request_id: String,
    pub(crate) client: Option<IpAddr>,
    /// Who answers; `None` while unknown or when we answer ourselves.
    pub(crate) service: Option<Service>,
    /// Whether it asks for the ingress's own state.
    pub(crate) own: bool,
    /// Whether a stream of events was asked for, which may be silent for long.
    pub(crate) streams: bool,
    /// Instances that were asked, the last one last.
    pub(crate) tried: Vec<SocketAddr>,
    /// Bytes of the body sent in the current try.
    pub(crate) body_bytes: usize,
    pub(crate) stale: Stale,
    /// Its place among the open streams, where it is one.
    pub(crate) slot: Option<Slot>,
    busy: Option<Busy>,
}

/// Whether an instance refused because it cannot know who is banned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    /// None has.
    Unseen,
    /// One has, just now: another is to be asked.
    Retrying,
    /// One has, and another was asked: its answer stands.
    Retried,
}

impl Exchange {
    pub(crate) fn new(open: &Open) -> Self {
        Self {
            started: Instant::now(),
            method: Method::GET,
            path: String::new(),
            request_id: String::new(),
            client: None,
            service: None,
            own: false,
            streams: false,
            tried: Vec::new(),
            body_bytes: 0,
            stale: Stale::Unseen,
            slot: None,
            busy: Some(open.enter()),
        }
    }

    /// No longer holds up a shutdown: a stream would for as long as its reader likes.
    pub(crate) fn release(&mut self) {
        self.busy = None;
    }
}

/// Counts requests under way, so that a shutdown knows when they are done.
#[derive(Clone, Default)]
pub(crate) struct Open(Arc<AtomicUsize>);

struct Busy(Open);

impl Open {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    fn enter(&self) -> Busy {
        self.0.fetch_add(1, Ordering::AcqRel);
        Busy(self.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_and_dropped_exchanges_are_not_open() {
        let open = Open::default();
        let mut first = Exchange::new(&open);
        let second = Exchange::new(&open);
        assert_eq!(open.count(), 2);
        first.release();
        drop(second);
        assert_eq!(open.count(), 0);
        drop(first);
        assert_eq!(open.count(), 0);
    }
}
