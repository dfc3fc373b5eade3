//! What becomes of a message that was not handled.
//!
//! Three kinds of failures are kept apart. What can never succeed is parked at once. What fails for want of the
//! database is tried again for ever: it says nothing about the message. What the handler itself puts off, such as
//! an order that has not arrived yet, is tried again for hours and parked after [`MAX_ATTEMPTS`].

use crate::{Handling, consumer::Failure};
use async_nats::jetstream::message;
use contracts::Timestamp;
use std::{collections::HashMap, error::Error, time::Duration};
use tokio::time::Instant;

/// A message that its handler put off this often is parked. With the longest pause between two attempts that is
/// after four hours.
pub const MAX_ATTEMPTS: u32 = 500;
/// The pause after the first attempt; doubled after each.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The pause while the database is away.
const OUTAGE_PAUSE: Duration = Duration::from_secs(1);
/// A message that was not seen for so long is in the hands of another instance.
const FORGET: Duration = Duration::from_mins(5);

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

/// How often each message was put off by its handler in this process. A restart counts from the beginning.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<Key, (u32, Instant)>);

impl Attempts {
    /// Decides about a message that was not handled.
    pub(crate) fn judge(&mut self, key: Key, failure: &Failure) -> Verdict {
        match failure {
            Failure::Handling(Handling::Reject(_)) | Failure::Envelope(_) => Verdict::Park,
            Failure::Crash(_) => Verdict::Again(Duration::ZERO),
            Failure::Database(error) if service::db::is_transient(error) => Verdict::Again(OUTAGE_PAUSE),
            Failure::Handling(Handling::Retry(error)) if is_outage(error.as_ref()) => {
                Verdict::Again(OUTAGE_PAUSE)
            }
            Failure::Database(_) | Failure::Handling(Handling::Retry(_)) => self.count(key),
        }
    }

    /// The message is settled.
    pub(crate) fn settled(&mut self, key: Key) {
        self.0.remove(&key);
    }

    fn count(&mut self, key: Key) -> Verdict {
        let now = Instant::now();
        self.0.retain(|_, (_, seen)| now.duration_since(*seen) < FORGET);
        let (attempts, seen) = self.0.entry(key).or_insert((0, now));
        (*attempts, *seen) = (*attempts + 1, now);
        if *attempts >= MAX_ATTEMPTS { Verdict::Park } else { Verdict::Again(pause(*attempts)) }
    }
}

/// 100 ms, 200 ms, … 30 s.
fn pause(attempts: u32) -> Duration {
    (SHORTEST_PAUSE * (1 << attempts.clamp(1, 10).saturating_sub(1))).min(LONGEST_PAUSE)
}

/// Does the database's absence stand behind it, however it is wrapped?
fn is_outage(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .filter_map(<dyn Error>::downcast_ref::<sqlx::Error>)
        .any(service::db::is_transient)
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
    fn what_can_never_succeed_is_parked_at_once() {
        let rejected = Handling::Reject("there is no such order".to_owned());
        assert_eq!(Attempts::default().judge(a_key(), &rejected.into()), Verdict::Park);
    }
}
