//! The clocks: one that also counts while the machine sleeps, for leases, and the wall clock, for tokens.

use contracts::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;
/// On macOS this one counts while the machine sleeps.
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

/// Time since the machine started, sleep included.
pub fn now() -> Duration {
    let time = clock_gettime(CLOCK);
    // A clock that cannot be read counts as the end of time: every lease has run out.
    let seconds = u64::try_from(time.tv_sec).unwrap_or(u64::MAX / 2_000_000_000);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The wall clock, for the times that tokens and revocations carry.
#[expect(clippy::disallowed_methods, reason = "the only place of this crate that reads the wall clock")]
pub fn wall() -> Timestamp {
    chrono::Utc::now()
}
