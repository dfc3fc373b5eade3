//! Requests in numbers: at a fixed rate (for latency), or as many as go (for throughput).

use crate::samples::Samples;
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};

/// More requests than this at once would measure the generator.
const MOST_UNDER_WAY: usize = 500;
/// How many ask at once when as many as possible are asked.
const ASKERS: usize = 32;

/// What came of a stretch of traffic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// Of the requests that succeeded.
    pub(crate) latencies: Samples,
    /// Refused, broken, or not even sent because too many were under way.
    pub(crate) failed: usize,
    /// How long the stretch was.
    pub(crate) took: Duration,
}

impl Outcome {
    /// Successes per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are exact in an f64")]
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.count() as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }

    /// Joins two stretches of the same traffic.
    pub(crate) fn add(&mut self, other: &Self) {
        self.latencies.extend(&other.latencies);
        self.failed += other.failed;
        self.took += other.took;
    }
}

/// Sends a request every so often, whether or not the ones before were answered (an open loop): a system that
/// stands still is asked all the same, and each latency counts from the moment at which the request was due.
pub(crate) async fn at_rate<F>(per_second: u32, length: Duration, request: impl Fn(usize) -> F) -> Outcome
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let gap = Duration::from_secs(1) / per_second;
    let places = Arc::new(Semaphore::new(MOST_UNDER_WAY));
    let begin = Instant::now();
    let mut under_way = JoinSet::new();
    let mut outcome = Outcome::default();
    for number in 0_u32.. {
        let due = begin + gap * number;
        if due.duration_since(begin) >= length {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            outcome.failed += 1;
            continue;
        };
        let answer = request(usize::try_from(number).unwrap_or_default());
        under_way.spawn(async move {
            let answered = answer.await.is_ok();
            drop(place);
            answered.then(|| due.elapsed())
        });
    }
    while let Some(ended) = under_way.join_next().await {
        note(&mut outcome, ended.ok().flatten());
    }
    outcome.took = begin.elapsed();
    outcome
}

/// Sends the next request as soon as one is answered (a closed loop), by many askers side by side.
pub(crate) async fn as_many_as_go<F>(length: Duration, request: impl Fn(usize) -> F) -> Outcome
where
    F: Future<Output = anyhow::Result<()>>,
{
    let begin = Instant::now();
    let asker = async |asker: usize| {
        let mut own = Outcome::default();
        let mut number = asker;
        while begin.elapsed() < length {
            let sent = Instant::now();
            let answered = request(number).await.is_ok();
            note(&mut own, answered.then(|| sent.elapsed()));
            number += ASKERS;
        }
        own
    };
    let mut outcome = Outcome::default();
    for own in futures::future::join_all((0..ASKERS).map(asker)).await {
        outcome.add(&own);
    }
    outcome.took = begin.elapsed();
    outcome
}

fn note(outcome: &mut Outcome, latency: Option<Duration>) {
    match latency {
        Some(latency) => outcome.latencies.add(latency),
        None => outcome.failed += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_answer_delays_no_other_request() {
        let slow = |_| async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(())
        };
        let outcome = at_rate(50, Duration::from_millis(200), slow).await;
        assert_eq!((outcome.latencies.count(), outcome.failed), (10, 0));
    }

    #[tokio::test]
    async fn refusals_are_counted_apart() {
        let outcome = at_rate(100, Duration::from_millis(100), |number| async move {
            anyhow::ensure!(number % 2 == 0);
            Ok(())
        })
        .await;
        assert_eq!((outcome.latencies.count(), outcome.failed), (5, 5));
    }
}
