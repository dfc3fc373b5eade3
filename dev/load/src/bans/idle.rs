//! What leases cost an instance that nobody asks anything: its processor time at rest.

use crate::{system::System, table::Table};
use anyhow::Context;
use std::{fs, time::Duration};
use tokio::time::sleep;

/// How long is looked at.
const LENGTH: Duration = Duration::from_secs(10);
/// `/proc` counts in hundredths of a second on Linux, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Prints the share of one core that each instance takes.
pub(crate) async fn measure(system: &System) -> anyhow::Result<()> {
    let instances = system.instances()?;
    let processes = instances.iter().map(|instance| system.process(&instance.name));
    let processes = processes.collect::<anyhow::Result<Vec<_>>>()?;
    let before = processes.iter().map(|process| ticks(process.pid)).collect::<anyhow::Result<Vec<_>>>()?;
    sleep(LENGTH).await;
    let mut table = Table::new(
        "Processor time at rest: leases, and all else that an idle instance does",
        &["instance", "% of a core"],
    );
    let mut total = 0.0;
    for (process, before) in processes.iter().zip(before) {
        let used = ticks(process.pid)?.saturating_sub(before);
        let percent = percent(used);
        total += percent;
        table.row([process.name.clone(), format!("{percent:.2}")]);
    }
    table.row(["together".to_owned(), format!("{total:.2}")]);
    table.print();
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "ticks of ten seconds are exact in an f64")]
fn percent(ticks: u64) -> f64 {
    100.0 * ticks as f64 / TICKS_PER_SECOND / LENGTH.as_secs_f64()
}

/// Processor time so far, in ticks.
fn ticks(pid: u32) -> anyhow::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("there is no /proc to read")?;
    of_stat(&stat).context("/proc says nothing of processor time")
}

/// The name, in parentheses, may hold anything; user and system time are fields 14 and 15 (proc(5)).
fn of_stat(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_any_name() {
        let stat = "4711 (a (strange) name) S 1 1 1 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 9 0 100 1 1";
        assert_eq!(of_stat(stat), Some(300));
        assert!(ticks(std::process::id()).is_ok());
    }
}
