//! The rules of the lease.

use crate::lease::{Barrier, LIFE, Lease};
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
