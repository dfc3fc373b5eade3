//! What very many live revocations cost an instance: the time until its lease, and memory.

use super::faults::signal;
use crate::{
    memory,
    system::{Process, System},
    table::{Table, say},
};
use anyhow::{Context, bail};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How many.
const LIVE: u32 = 50_000;
/// Inserted at once: each gets its place in the history at its commit.
const BATCH: u32 = 1_000;
/// The instance that starts anew: it has little else to do.
const SUBJECT: &str = "expiration";
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Prints the time from a kill to the lease, and the memory then, with few and with very many.
pub(crate) async fn measure(system: &System) -> anyhow::Result<()> {
    let few = restarted(system).await?;
    insert(system).await?;
    let begun = Instant::now();
    while known(system).await.unwrap_or(0.0) < f64::from(LIVE) {
        if begun.elapsed() > PATIENCE {
            bail!("the revocations did not reach {SUBJECT}");
        }
        sleep(Duration::from_millis(200)).await;
    }
    let spread = begun.elapsed();
    let many = restarted(system).await?;
    let mut table = Table::new(
        &format!("A start with {LIVE} live revocations"),
        &["revocations", "from kill to lease ms", "resident MB"],
    );
    for (name, (took, kilobytes)) in [("few", few), (&LIVE.to_string(), many)] {
        table.row([name.to_owned(), took.as_millis().to_string(), memory::megabytes(kilobytes)]);
    }
    table.print();
    say(&format!(
        "  (to write all of them to the bus and read them there took {:.1} s)",
        spread.as_secs_f64()
    ));
    Ok(())
}

/// Kills the subject; gives the time until it holds a lease again, and its memory then.
async fn restarted(system: &System) -> anyhow::Result<(Duration, u64)> {
    let victim = system.process(SUBJECT)?;
    let killed = Instant::now();
    signal("KILL", victim.pid)?;
    while !is_back(system, &victim).await {
        if killed.elapsed() > PATIENCE {
            bail!("{SUBJECT} has no lease");
        }
        sleep(LOOK_EVERY).await;
    }
    let took = killed.elapsed();
    Ok((took, memory::resident(system.process(SUBJECT)?.pid)?))
}

async fn is_back(system: &System, victim: &Process) -> bool {
    let Ok(now) = system.process(SUBJECT) else { return false };
    let (true, Some(port)) = (now.pid != victim.pid, now.port) else { return false };
    let asked = system.http.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
    let Ok(answer) = asked else { return false };
    answer.json::<Value>().await.is_ok_and(|answer| answer["details"]["lease_ms"].is_number())
}

/// How many revocations the subject says that it knows.
async fn known(system: &System) -> anyhow::Result<f64> {
    let port = system.process(SUBJECT)?.port.context("it has no port")?;
    let metrics = system.http.get(format!("http://127.0.0.1:{port}/metrics")).send().await?.text().await?;
    let line = metrics.lines().find_map(|line| line.strip_prefix("auth_revocations_known "));
    Ok(line.context("there is no such figure")?.trim().parse()?)
}

/// Stores revocations as if so many people had been banned.
async fn insert(system: &System) -> anyhow::Result<()> {
    let mut auth = PgConnection::connect(&system.database("auth")?).await?;
    for _ in 0..LIVE.div_ceil(BATCH) {
        let insert = r"
            INSERT INTO revocations (kind, subject_id, generation, reason_code, at, expires_at)
            SELECT 'user', gen_random_uuid(), 2, 'banned', now(), now() + interval '16 minutes'
            FROM generate_series(1, $1)
        ";
        sqlx::query(insert).bind(i64::from(BATCH)).execute(&mut auth).await?;
    }
    auth.close().await?;
    Ok(())
}
