//! How often one address may ask: a bucket per address that refills steadily (GCRA), in bounded memory.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses remembered at once: some 5 MB when full.
const MAX_ADDRESSES: usize = 65_536;
/// How often forgettable addresses are looked for when the table is full.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Everybody who finds the table full shares this bucket, so a flood cannot switch the limit off.
const OVERFLOW: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// Lets each address ask `per_minute` times a minute, all at once if it likes.
pub(crate) struct Limiter {
    interval: Duration,
    burst: Duration,
    capacity: usize,
    table: Mutex<Table>,
}

struct Table {
    /// When the bucket of each address is full again.
    full_at: HashMap<IpAddr, Instant>,
    swept_at: Option<Instant>,
}

/// The address has asked too often.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooOften {
    /// When to ask again.
    pub(crate) retry_after: Duration,
}

impl Limiter {
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        Self::with_capacity(per_minute, MAX_ADDRESSES)
    }

    fn with_capacity(per_minute: NonZeroU32, capacity: usize) -> Self {
        let interval = Duration::from_mins(1) / per_minute.get();
        let table = Table { full_at: HashMap::new(), swept_at: None };
        Self { interval, burst: interval * per_minute.get(), capacity, table: Mutex::new(table) }
    }

    /// Takes one from the bucket of `address`.
    pub(crate) fn take(&self, address: IpAddr, now: Instant) -> Result<(), TooOften> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let key = table.key(network(address), now, self.capacity);
        let full_at = table.full_at.get(&key).map_or(now, |full_at| (*full_at).max(now));
        let next = full_at + self.interval;
        let used = next.saturating_duration_since(now);
        let retry_after = used.saturating_sub(self.burst);
        if !retry_after.is_zero() {
            return Err(TooOften { retry_after });
        }
        table.full_at.insert(key, next);
        Ok(())
    }
}

impl Table {
    fn key(&mut self, address: IpAddr, now: Instant, capacity: usize) -> IpAddr {
        if self.full_at.contains_key(&address) || self.full_at.len() < capacity {
            return address;
        }
        let due = self.swept_at.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP_EVERY);
        if due {
            // A full bucket says no more than no bucket.
            self.full_at.retain(|_, full_at| *full_at > now);
            self.swept_at = Some(now);
        }
        if self.full_at.len() < capacity { address } else { OVERFLOW }
    }
}

/// One customer of a provider has a whole /64 of IPv6 addresses: they count as one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_minute: u32, capacity: usize) -> Limiter {
        Limiter::with_capacity(NonZeroU32::new(per_minute).unwrap(), capacity)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let (limiter, now, me) = (limiter(60, 10), Instant::now(), address("192.0.2.1"));
        for _ in 0..60 {
            assert_eq!(limiter.take(me, now), Ok(()));
        }
        assert_eq!(limiter.take(me, now), Err(TooOften { retry_after: Duration::from_secs(1) }));
        assert_eq!(limiter.take(me, now + Duration::from_secs(1)), Ok(()));
        assert!(limiter.take(me, now + Duration::from_secs(1)).is_err());
        assert_eq!(limiter.take(address("192.0.2.2"), now), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_mapped_addresses_as_ipv4() {
        let (limiter, now) = (limiter(1, 10), Instant::now());
        assert_eq!(limiter.take(address("2001:db8:1:2::1"), now), Ok(()));
        assert!(limiter.take(address("2001:db8:1:2:ffff::9"), now).is_err());
        assert_eq!(limiter.take(address("2001:db8:1:3::1"), now), Ok(()));
        assert_eq!(limiter.take(address("::ffff:192.0.2.1"), now), Ok(()));
        assert!(limiter.take(address("192.0.2.1"), now).is_err());
    }

    #[test]
    fn a_full_table_shares_one_bucket_until_others_are_forgotten() {
        let (limiter, now) = (limiter(1, 2), Instant::now());
        assert_eq!(limiter.take(address("192.0.2.1"), now), Ok(()));
        assert_eq!(limiter.take(address("192.0.2.2"), now), Ok(()));
        assert_eq!(limiter.take(address("192.0.2.3"), now), Ok(()));
        assert!(limiter.take(address("192.0.2.4"), now).is_err(), "shares the overflow bucket");
        assert_eq!(limiter.take(address("192.0.2.4"), now + Duration::from_secs(61)), Ok(()));
        assert!(limiter.table.lock().unwrap().full_at.len() <= 3);
    }
}
