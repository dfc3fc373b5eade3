//! Asks auth's private listener when the bus is late: the second path to a lease. See [`crate::pull`].

use crate::{
    authority::Inner,
    boottime,
    lease::{LIFE, MARKER_EVERY},
    pull::{self, ANSWER_BYTES_MAX, Answer, Position, PullSecret, PullUrls, Question},
};
use reqwest::{Client, StatusCode, Url, redirect};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a marker may take to come back before auth is asked.
const PATIENCE: Duration = Duration::from_millis(300);
/// Auth is asked while the lease holds for less than this: the next marker is late by [`PATIENCE`] then.
const LATE: Duration = LIFE.saturating_sub(MARKER_EVERY).saturating_sub(PATIENCE);
/// How long one answer may take. Two instances of auth can be asked in vain before a lease ends.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);
/// How long a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_millis(250);
/// What was news is reported by the next question, which follows after so long.
const REPORT_AFTER: Duration = Duration::from_millis(100);
/// The pause after a first failure; it doubles up to [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// Answers of one pull at most: a million live revocations.
const ANSWERS_MAX: usize = 500;

/// A pull brought no lease.
#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error("auth could not be asked")]
    Http(#[from] reqwest::Error),
    #[error("auth answered {0}")]
    Status(StatusCode),
    #[error("the answer is too long")]
    TooLong,
    #[error("auth did not sign that answer to that question")]
    Unfitting,
    #[error("there is no end of answers")]
    Endless,
}

/// The task that asks auth. It asks one question at a time, so an instance never has two under way.
pub(crate) struct Puller {
    inner: Arc<Inner>,
    http: Client,
    urls: Vec<Url>,
    secret: PullSecret,
    /// Which address is asked next: the one that answered last, or the one after it.
    turn: usize,
    /// Questions in vain since the last answer.
    failures: u32,
    /// Was there news in the last answer? The next question reports that it was applied.
    unreported: bool,
}

impl Puller {
    pub(crate) fn new(inner: Arc<Inner>, urls: PullUrls, secret: PullSecret) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .pool_max_idle_per_host(1)
            .build()?;
        // Instances begin with different addresses.
        let turn = usize::from(rand::random::<u8>());
        Ok(Self { inner, http, urls: urls.0, secret, turn, failures: 0, unreported: false })
    }

    pub(crate) async fn run(mut self, stop: CancellationToken) {
        // The bus comes first, and usually gives the first lease within that time.
        let mut pause = PATIENCE + jitter(PAUSE);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
            if self.unreported || self.inner.judge.lease.left(boottime::now()) < LATE {
                tokio::select! {
                    () = stop.cancelled() => return,
                    pulled = self.pull() => self.note(pulled),
                }
            }
            pause = self.pause();
        }
    }

    fn pause(&self) -> Duration {
        let lateness = match (self.failures, self.unreported) {
            (0, true) => REPORT_AFTER,
            (0, false) => until_late(self.inner.judge.lease.left(boottime::now())),
            (failures, _) => backoff(failures),
        };
        lateness + jitter(PAUSE)
    }

    fn note(&mut self, pulled: Result<bool, PullError>) {
        let outcome = if pulled.is_ok() { "answered" } else { "failed" };
        metrics::counter!("auth_pulls_total", "outcome" => outcome).increment(1);
        match pulled {
            Ok(news) => {
                if self.failures > 1 {
                    tracing::info!("auth answers again");
                }
                (self.failures, self.unreported) = (0, news);
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                // One in vain is nothing: an instance of auth may just be starting.
                if self.failures == 1 {
                    tracing::info!(%error, cause, "revocations cannot be pulled from auth");
                } else {
                    tracing::debug!(%error, cause, "revocations could not be pulled from auth");
                }
                self.failures = self.failures.saturating_add(1);
                self.turn = self.turn.wrapping_add(1);
            }
        }
    }

    /// Asks until auth has said everything, and extends the lease. Was there news?
    async fn pull(&self) -> Result<bool, PullError> {
        let url = self.urls.get(self.turn % self.urls.len().max(1)).ok_or(PullError::Endless)?;
        let mut news = false;
        for _ in 0..ANSWERS_MAX {
            // Noted before it is asked: what was committed until now is in the answer, or was known before.
            let t0 = boottime::now();
            let answer = self.ask(url.clone(), self.inner.position()).await?;
            news |= self.apply(&answer);
            self.inner.knows_through(answer.through);
            if !answer.more {
                self.inner.judge.lease.extend(t0);
                return Ok(news);
            }
        }
        Err(PullError::Endless)
    }

    async fn ask(&self, url: Url, after: Option<Position>) -> Result<Answer, PullError> {
        let Inner { service, instance, .. } = &*self.inner;
        let (service, instance) = (service.clone(), instance.clone());
        let question = Question { service, instance, nonce: Uuid::new_v4(), after };
        let asking = self.http.post(url).bearer_auth(self.secret.text()).json(&question);
        let mut response = asking.send().await?;
        if response.status() != StatusCode::OK {
            return Err(PullError::Status(response.status()));
        }
        let mut signed = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if signed.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(PullError::TooLong);
            }
            signed.extend_from_slice(&chunk);
        }
        let answer = self.inner.reader.read::<Answer>(pull::TYPE, &signed);
        answer.filter(|answer| answer.fits(&question)).ok_or(PullError::Unfitting)
    }

    fn apply(&self, answer: &Answer) -> bool {
        let now = boottime::wall();
        let keys = &self.inner.judge.keys;
        // What the bus said of a key meanwhile may be newer: it stays retired.
        for key in answer.keys.iter().filter(|key| key.retires_at.is_some() || !keys.knows(&key.kid)) {
            keys.learn(key);
        }
        let mut news = false;
        for revocation in &answer.revocations {
            news |= self.inner.learn(revocation, now);
        }
        news
    }
}

/// How long a lease needs nobody's help yet.
fn until_late(left: Duration) -> Duration {
    left.saturating_sub(LATE)
}

fn backoff(failures: u32) -> Duration {
    PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(PAUSE_MAX)
}

/// Up to so long, so that instances which lost the bus together do not ask together.
fn jitter(most: Duration) -> Duration {
    most.mul_f64(rand::random::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_that_is_late_by_patience_makes_auth_be_asked() {
        // Straight after a proof that took no time.
        assert_eq!(until_late(LIFE), MARKER_EVERY + PATIENCE);
        assert_eq!(until_late(LATE), Duration::ZERO);
        assert_eq!(until_late(Duration::ZERO), Duration::ZERO);
        // Two questions in vain, and the pause between them, fit into what is left of the lease.
        assert!(2 * ANSWER_WITHIN + 2 * PAUSE <= LATE);
    }

    #[test]
    fn auth_that_is_away_is_asked_ever_more_rarely() {
        assert_eq!(backoff(1), PAUSE);
        assert_eq!(backoff(2), 2 * PAUSE);
        assert!((1..1000).all(|failures| backoff(failures) <= PAUSE_MAX));
        assert!((0..100).all(|_| jitter(PAUSE) <= PAUSE));
    }
}
