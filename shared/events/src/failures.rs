//! What becomes of a message that was not handled.
//!
//! Four kinds of failures are kept apart. What can never succeed is parked at once. What fails for want of the
//! database is tried again for ever: it says nothing about the message. What the handler itself puts off, such as
//! an order that has not arrived yet, is tried again for hours and parked after [`MAX_ATTEMPTS`]. What the database
//! refuses will hardly be taken later, so it is parked after [`MAX_REFUSALS`]: a message that is put off counts
//! against [`crate::topology::MAX_ACK_PENDING`], and that many together stop their consumer.

use crate::{Handling, consumer::Failure};
use async_nats::jetstream::message;
use contracts::Timestamp;
use std::{collections::HashMap, error::Error, time::Duration};
use tokio::time::Instant;

/// A message that its handler put off this often is parked. With the longest pause between two attempts that is
/// after four hours.
pub const MAX_ATTEMPTS: u32 = 500;
/// A message whose work the database refused this often is parked: after six minutes.
const MAX_REFUSALS: u32 = 20;
/// The pause after the first attempt; doubled after each.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The pause while the database is away.
const OUTAGE_PAUSE: Duration = Duration::from_secs(1);
/// The pause after a crash that a test asked for: a process would not be back at once either.
const CRASH_PAUSE: Duration = Duration::from_millis(10);
/// A message that was not seen for so long is in the hands of another instance.
const FORGET: Duration = Duration::from_mins(5);
/// A message that is put off for longer is not waited for by whoever asks whether everything has been handled.
const OVERDUE: Duration = Duration::from_mins(1);
/// So long ago an overdue message was seen at most; otherwise another instance may have settled it.
const SEEN: Duration = LONGEST_PAUSE.saturating_mul(2);

/// What to do with the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Keep it as a dead letter.
    Park,
    /// Try it again after a pause.
    Again(Duration),
}

/// Which message: its place in the stream, and when it was stored, because places begin anew with the stream.
pub(crate) type Key = (u64, Timestamp);

/// The key of a message.
pub(crate) fn key(info: &message::Info<'_>) -> Key {
    (info.stream_sequence, info.published)
}

/// How often each message was put off in this process. A restart counts from the beginning.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<Key, PutOff>);

#[derive(Clone, Copy, Debug)]
struct PutOff {
    attempts: u32,
    since: Instant,
    seen: Instant,
}

impl PutOff {
    fn is_overdue(&self, now: Instant) -> bool {
        now.duration_since(self.since) >= OVERDUE && now.duration_since(self.seen) < SEEN
    }
}

impl Attempts {
    /// Decides about a message that was not handled.
    pub(crate) fn judge(&mut self, key: Key, failure: &Failure) -> Verdict {
        match failure {
            Failure::Handling(Handling::Reject(_)) | Failure::Envelope(_) => Verdict::Park,
            Failure::Crash(_) => Verdict::Again(CRASH_PAUSE),
            Failure::Database(error) if service::db::is_transient(error) => Verdict::Again(OUTAGE_PAUSE),
            Failure::Handling(Handling::Retry(error)) if is_outage(error.as_ref()) => {
                Verdict::Again(OUTAGE_PAUSE)
            }
            Failure::Database(_) => self.count(key, MAX_REFUSALS),
            Failure::Handling(Handling::Retry(error)) if of_database(error.as_ref()).next().is_some() => {
                self.count(key, MAX_REFUSALS)
            }
            Failure::Handling(Handling::Retry(_)) => self.count(key, MAX_ATTEMPTS),
        }
    }

    /// The message is settled.
    pub(crate) fn settled(&mut self, key: Key) {
        self.0.remove(&key);
    }

    /// Is the message put off for so long that nobody waits for it?
    pub(crate) fn is_overdue(&self, key: Key, now: Instant) -> bool {
        self.0.get(&key).is_some_and(|put_off| put_off.is_overdue(now))
    }

    /// How many are put off for so long that nobody waits for them.
    pub(crate) fn overdue(&self, now: Instant) -> u64 {
        self.0.values().filter(|put_off| put_off.is_overdue(now)).count() as u64
    }

    /// How many are put off and waited for.
    pub(crate) fn awaited(&self, now: Instant) -> u64 {
        self.0.values().filter(|put_off| now.duration_since(put_off.since) < OVERDUE).count() as u64
    }

    fn count(&mut self, key: Key, max: u32) -> Verdict {
        let now = Instant::now();
        self.0.retain(|_, put_off| now.duration_since(put_off.seen) < FORGET);
        let put_off = self.0.entry(key).or_insert(PutOff { attempts: 0, since: now, seen: now });
        put_off.attempts += 1;
        put_off.seen = now;
        if put_off.attempts >= max { Verdict::Park } else { Verdict::Again(pause(put_off.attempts)) }
    }
}

/// 100 ms, 200 ms, … 30 s.
fn pause(attempts: u32) -> Duration {
    (SHORTEST_PAUSE * (1 << attempts.clamp(1, 10).saturating_sub(1))).min(LONGEST_PAUSE)
}

/// Does the database's absence stand behind it, however it is wrapped?
fn is_outage(error: &(dyn Error + 'static)) -> bool {
    of_database(error).any(service::db::is_transient)
}

/// What the database said, however it is wrapped.
fn of_database<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a sqlx::Error> {
    std::iter::successors(Some(error), |error| (*error).source())
        .filter_map(<dyn Error>::downcast_ref::<sqlx::Error>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::PublishError;

    fn a_key() -> Key {
        (7, Timestamp::UNIX_EPOCH)
    }

    fn put_off() -> Failure {
        Handling::Retry("not yet".into()).into()
    }

    #[test]
    fn what_is_put_off_is_parked_after_hours_and_not_before() {
        let mut attempts = Attempts::default();
        let mut waited = Duration::ZERO;
        for _ in 1..MAX_ATTEMPTS {
            match attempts.judge(a_key(), &put_off()) {
                Verdict::Again(pause) => waited += pause,
                Verdict::Park => panic!("parked after {waited:?}"),
            }
        }
        assert_eq!(attempts.judge(a_key(), &put_off()), Verdict::Park);
        assert!((Duration::from_hours(3)..Duration::from_hours(6)).contains(&waited), "{waited:?}");
    }

    #[test]
    fn the_absence_of_the_database_is_never_final_and_counts_nothing() {
        let mut attempts = Attempts::default();
        let outages: [fn() -> Failure; 3] = [
            || Failure::Database(sqlx::Error::PoolTimedOut),
            || Handling::from(sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into())).into(),
            || Handling::from(PublishError::from(sqlx::Error::PoolClosed)).into(),
        ];
        for outage in outages {
            for _ in 0..2 * MAX_ATTEMPTS {
                assert_eq!(attempts.judge(a_key(), &outage()), Verdict::Again(OUTAGE_PAUSE));
            }
        }
        assert_eq!(attempts.judge(a_key(), &put_off()), Verdict::Again(SHORTEST_PAUSE));
    }

    #[test]
    fn what_the_database_refuses_is_parked_within_minutes() {
        let refusals: [fn() -> Failure; 3] = [
            || Failure::Database(sqlx::Error::RowNotFound),
            || Handling::from(sqlx::Error::RowNotFound).into(),
            || Handling::from(PublishError::from(sqlx::Error::RowNotFound)).into(),
        ];
        for refused in refusals {
            let (mut attempts, mut waited) = (Attempts::default(), Duration::ZERO);
            while let Verdict::Again(pause) = attempts.judge(a_key(), &refused()) {
                waited += pause;
            }
            assert!((Duration::from_mins(2)..Duration::from_mins(10)).contains(&waited), "{waited:?}");
        }
    }

    #[test]
    fn what_is_put_off_is_waited_for_a_minute_and_then_left_out() {
        let mut attempts = Attempts::default();
        attempts.judge(a_key(), &put_off());
        let now = Instant::now();
        assert_eq!((attempts.awaited(now), attempts.overdue(now)), (1, 0));
        let later = now + OVERDUE;
        if let Some(put_off) = attempts.0.get_mut(&a_key()) {
            put_off.seen = later;
        }
        assert_eq!((attempts.awaited(later), attempts.overdue(later)), (0, 1));
        assert!(attempts.is_overdue(a_key(), later) && !attempts.is_overdue((8, a_key().1), later));
        assert_eq!(attempts.overdue(later + SEEN), 0, "another instance may have settled it");
        attempts.settled(a_key());
        assert_eq!(attempts.overdue(later), 0);
    }

    #[test]
    fn what_can_never_succeed_is_parked_at_once() {
        let rejected = Handling::Reject("there is no such order".to_owned());
        assert_eq!(Attempts::default().judge(a_key(), &rejected.into()), Verdict::Park);
    }
}
