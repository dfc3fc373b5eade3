//! Pages and questions, as visitors ask them.

use crate::{
    samples::{ms, spread},
    system::System,
    table::{Table, say},
    traffic::{Outcome, as_many_as_go, at_rate},
};
use anyhow::Context;
use contracts::{Page, shows::ShowCard};
use std::time::Duration;

/// Requests per second while latency is measured: far below what the system can do.
const RATE: u32 = 20;
/// Each scenario is measured so often beside the cheapest answer, in turns.
const ROUNDS: u32 = 5;

/// Prints latency and throughput of each question.
pub(crate) async fn measure(system: &System, stretch: Duration) -> anyhow::Result<()> {
    let show = some_show(system).await?;
    let cheapest = system.cheapest()?;
    let questions = [
        ("cheapest answer (/livez, no ingress)", cheapest.clone()),
        ("who am I (/api/auth/session)", format!("{}/api/auth/session", system.base)),
        ("search (/api/shows)", format!("{}/api/shows", system.base)),
        ("availability", format!("{}/api/shows/{show}/availability", system.base)),
        ("front page (/)", format!("{}/", system.base)),
        ("show page", format!("{}/shows/{show}", system.base)),
    ];
    let columns = ["question", "p50 ms", "p99 ms", "p50 / cheapest", "per second", "of cheapest", "failed"];
    let mut table = Table::new("Reading", &columns);
    for (name, url) in questions {
        table.row(beside(system, name, &url, &cheapest, stretch / ROUNDS).await);
    }
    table.print();
    say(&format!(
        "  (latency at {RATE} requests/s, from when each was due; throughput with 32 askers; the generator shares the machine)"
    ));
    Ok(())
}

/// Measures a question in turns with the cheapest answer.
async fn beside(system: &System, name: &str, url: &str, cheapest: &str, slice: Duration) -> Vec<String> {
    let (mut calm, mut rush) = (Outcome::default(), Outcome::default());
    let (mut slower, mut fewer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let least = at_rate(RATE, slice, |_| get(system, cheapest)).await;
        let own = at_rate(RATE, slice, |_| get(system, url)).await;
        slower.push(ratio(own.latencies.percentile(50), least.latencies.percentile(50)));
        calm.add(&own);
        let most = as_many_as_go(slice, |_| get(system, cheapest)).await;
        let own = as_many_as_go(slice, |_| get(system, url)).await;
        fewer.push(own.per_second() / most.per_second().max(1.0));
        rush.add(&own);
    }
    vec![
        name.to_owned(),
        ms(calm.latencies.percentile(50)),
        ms(calm.latencies.percentile(99)),
        spread(slower),
        format!("{:.0}", rush.per_second()),
        percent(fewer),
        (calm.failed + rush.failed).to_string(),
    ]
}

fn ratio(own: Duration, least: Duration) -> f64 {
    own.as_secs_f64() / least.as_secs_f64().max(f64::EPSILON)
}

fn percent(mut shares: Vec<f64>) -> String {
    shares.sort_by(f64::total_cmp);
    format!("{:.1} %", shares[shares.len() / 2] * 100.0)
}

fn get(system: &System, url: &str) -> impl Future<Output = anyhow::Result<()>> + Send + 'static {
    let request = system.http.get(url).send();
    async move {
        let response = request.await?.error_for_status()?;
        response.bytes().await?;
        Ok(())
    }
}

async fn some_show(system: &System) -> anyhow::Result<String> {
    let shows: Page<ShowCard> =
        system.http.get(format!("{}/api/shows?limit=1", system.base)).send().await?.json().await?;
    Ok(shows.items.first().context("there is no show to look at")?.id.to_string())
}
