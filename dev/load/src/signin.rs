//! Sign-ins: how many go, what becomes of ten times as many, and whether the time of an answer tells who has an account.

use crate::{
    people,
    samples::{Samples, ms},
    system::System,
    table::{Table, say},
    timing,
    traffic::{as_many_as_go, at_rate},
};
use anyhow::{Context, bail};
use reqwest::{StatusCode, header};
use serde_json::json;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Accounts that sign in, in turns.
pub(crate) const ACCOUNTS: usize = 40;
/// A browser waits this long; the ingress gives up earlier.
const PATIENCE: Duration = Duration::from_secs(30);
/// Requests to other routes per second, meanwhile.
const OTHERS: u32 = 20;
/// How much more is asked than goes.
const RUSH: u32 = 10;

/// How the sign-ins of a stretch were answered.
#[derive(Debug, Default)]
struct Answers {
    signed_in: Samples,
    /// 503 with `Retry-After`.
    busy: Samples,
    late: usize,
    other: usize,
}

/// Prints throughput, what a rush does, and the times of known and unknown addresses.
pub(crate) async fn measure(system: &System, stretch: Duration) -> anyhow::Result<()> {
    let emails: Arc<[String]> = people::emails(system, ACCOUNTS).await?.into();
    let most = as_many_as_go(stretch, |number| {
        let signing_in = sign_in(system, &emails, number);
        async { if signing_in.await?.status() == StatusCode::OK { Ok(()) } else { bail!("refused") } }
    })
    .await;
    let cores = u32::try_from(std::thread::available_parallelism().map_or(1, usize::from)).unwrap_or(1);
    let rate = most.per_second();
    let idle = others(system, stretch).await;
    let (answers, meanwhile) = tokio::join!(rush(system, &emails, rate, stretch), others(system, stretch));
    let mut table = Table::new("Signing in", &["what", "per second", "p50 ms", "p99 ms", "count"]);
    let row = |what: &str, rate: Option<f64>, samples: &Samples| {
        [
            what.to_owned(),
            rate.map_or_else(String::new, |rate| format!("{rate:.0}")),
            ms(samples.percentile(50)),
            ms(samples.percentile(99)),
            samples.count().to_string(),
        ]
    };
    table.row(row("as many as go, 32 at once", Some(rate), &most.latencies));
    table.row(row(&format!("{RUSH} times as many: signed in"), None, &answers.signed_in));
    table.row(row(&format!("{RUSH} times as many: 503 with Retry-After"), None, &answers.busy));
    table.row(row("search meanwhile", None, &meanwhile));
    table.row(row("search before, nobody signing in", None, &idle));
    table.print();
    say(&format!(
        "  ({:.0} per second and core, of {cores} cores that the generator shares; in the rush {} were late or lost, {} \
         answered otherwise)",
        rate / f64::from(cores),
        answers.late,
        answers.other
    ));
    timing::measure(system, &emails).await
}

fn sign_in(
    system: &System,
    emails: &[String],
    number: usize,
) -> impl Future<Output = anyhow::Result<reqwest::Response>> + Send + 'static + use<> {
    let email = emails.get(number % emails.len()).cloned().unwrap_or_default();
    let body = json!({ "email": email, "password": people::PASSWORD });
    let request = system.http.post(format!("{}/api/auth/signin", system.base)).timeout(PATIENCE).json(&body);
    async move { request.send().await.context("no answer") }
}

/// Far more sign-ins than go, at a steady rate.
async fn rush(system: &System, emails: &[String], rate: f64, stretch: Duration) -> Answers {
    let answers = Arc::new(Mutex::new(Answers::default()));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundreds per second")]
    let per_second = (rate.max(1.0) as u32) * RUSH;
    let outcome = at_rate(per_second, stretch, |number| {
        let (signing_in, answers) = (sign_in(system, emails, number), Arc::clone(&answers));
        async move {
            let sent = Instant::now();
            let answer = signing_in.await;
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            match answer {
                Ok(answer) if answer.status() == StatusCode::OK => answers.signed_in.add(sent.elapsed()),
                Ok(answer) if is_busy(&answer) => answers.busy.add(sent.elapsed()),
                Ok(_) => answers.other += 1,
                Err(_) => answers.late += 1,
            }
            Ok(())
        }
    })
    .await;
    let mut answers = std::mem::take(&mut *answers.lock().unwrap_or_else(PoisonError::into_inner));
    // Not sent, because too many were under way: they were not answered in time.
    answers.late += outcome.failed;
    answers
}

fn is_busy(answer: &reqwest::Response) -> bool {
    answer.status() == StatusCode::SERVICE_UNAVAILABLE && answer.headers().contains_key(header::RETRY_AFTER)
}

/// What visitors feel who do something else.
async fn others(system: &System, stretch: Duration) -> Samples {
    let url = format!("{}/api/shows", system.base);
    let outcome = at_rate(OTHERS, stretch, |_| {
        let request = system.http.get(&url).send();
        async move {
            request.await?.error_for_status()?.bytes().await?;
            Ok(())
        }
    })
    .await;
    outcome.latencies
}
