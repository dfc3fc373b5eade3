//! Where a request meets what the watchers have learned.

use crate::{Identity, Refusal, lease::Lease, revocation::Revocations};
use contracts::Timestamp;
use std::time::Duration;

/// Is somebody with a valid token accepted at that time, which `boot` and `wall` tell on their clocks?
///
/// The lease is read before the revocations: what it vouches for was applied before it was extended. The other way
/// round, a ban and the lease that covers it could both come between the two looks.
pub fn verdict(
    lease: &Lease,
    revocations: &Revocations,
    identity: &Identity,
    boot: Duration,
    wall: Timestamp,
) -> Result<(), Refusal> {
    let fresh = lease.holds(boot);
    if let Some(refusal) = revocations.refusal(identity, wall) {
        return Err(refusal);
    }
    if fresh { Ok(()) } else { Err(Refusal::Stale) }
}
