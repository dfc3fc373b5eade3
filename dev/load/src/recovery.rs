//! From the death of a process to its return, as the launcher's supervision brings it back.

use crate::{
    samples::ms,
    system::{Process, System},
    table::Table,
};
use anyhow::{Context, ensure};
use std::{
    process::Command,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Kills each of our processes, one after the other, and prints when it is ready again.
pub(crate) async fn measure(system: &System) -> anyhow::Result<()> {
    let mut table = Table::new("From kill -9 to ready again", &["process", "ms"]);
    for victim in system.processes()?.into_iter().filter(is_ours) {
        let killed = Instant::now();
        let status = Command::new("kill").args(["-9", &victim.pid.to_string()]).status()?;
        ensure!(status.success(), "{} cannot be killed", victim.name);
        tokio::time::timeout(PATIENCE, back(system, &victim))
            .await
            .with_context(|| format!("{} did not come back", victim.name))??;
        table.row([victim.name, ms(killed.elapsed())]);
    }
    table.print();
    Ok(())
}

/// The ingress answers for itself at its private door only, which the record does not name.
fn is_ours(process: &Process) -> bool {
    process.port.is_some() && !["postgres", "nats", "link", "ingress"].contains(&process.name.as_str())
}

async fn back(system: &System, victim: &Process) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Ok(now) = system.process(&victim.name) else { continue };
        let (true, Some(port)) = (now.pid != victim.pid, now.port) else { continue };
        let answer = system.http.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
    }
}
