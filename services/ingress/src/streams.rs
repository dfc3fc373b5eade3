//! How many streams of events may be open, since each holds a connection here and one behind us: per address, and
//! in all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits;

/// Counts open streams.
pub(crate) struct Streams {
    per_address: usize,
    in_all: usize,
    open: Arc<Mutex<Counts>>,
}

#[derive(Default)]
struct Counts {
    in_all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why a stream cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Its reader has as many as one address may have.
    Address,
    /// Everybody together has.
    InAll,
}

/// The place of one open stream; free again when it is dropped.
pub(crate) struct Slot {
    address: Option<IpAddr>,
    open: Arc<Mutex<Counts>>,
}

impl Streams {
    pub(crate) fn new(per_address: usize, in_all: usize) -> Self {
        Self { per_address, in_all, open: Arc::default() }
    }

    /// Opens a stream for a reader; one without an address counts in all only.
    pub(crate) fn open(&self, reader: Option<IpAddr>) -> Result<Slot, Full> {
        let address = reader.map(limits::network);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.in_all >= self.in_all {
            return Err(Full::InAll);
        }
        if let Some(address) = address {
            let count = open.by_address.entry(address).or_default();
            if *count >= self.per_address {
                return Err(Full::Address);
            }
            *count += 1;
        }
        open.in_all += 1;
        Ok(Slot { address, open: Arc::clone(&self.open) })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.in_all = open.in_all.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(count) = open.by_address.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn each_address_has_its_own_places_until_all_are_taken() {
        let streams = Streams::new(2, 4);
        let first = streams.open(address("192.0.2.1")).ok();
        let _second = streams.open(address("192.0.2.1")).ok().unwrap();
        assert_eq!(streams.open(address("192.0.2.1")).err(), Some(Full::Address));
        let _other = streams.open(address("192.0.2.2")).ok().unwrap();
        let nobody = streams.open(None).ok().unwrap();
        assert_eq!(streams.open(address("192.0.2.3")).err(), Some(Full::InAll));
        drop(first);
        let _again = streams.open(address("192.0.2.1")).ok().unwrap();
        drop(nobody);
        assert_eq!(streams.open(address("192.0.2.1")).err(), Some(Full::Address));
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_nothing_is_remembered_of_the_gone() {
        let streams = Streams::new(1, 10);
        let slot = streams.open(address("2001:db8:1:2::1")).ok();
        assert_eq!(streams.open(address("2001:db8:1:2::2")).err(), Some(Full::Address));
        drop(slot);
        let counts = streams.open.lock().unwrap();
        assert_eq!((counts.in_all, counts.by_address.len()), (0, 0));
    }
}
