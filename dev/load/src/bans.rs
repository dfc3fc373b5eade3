//! From a ban's acknowledgement to its refusal by every instance: healthy, and with a part of the system cut off,
//! paused or killed. The one measurement that can fail: a request of somebody banned that was accepted later than we
//! promise.

mod asking;
mod banning;
mod faults;
mod history;
mod idle;
mod many;

use crate::{
    people,
    samples::{Samples, ms},
    system::System,
    table::{Table, say},
};
use anyhow::{bail, ensure};
use asking::Asking;
use faults::Fault;
use history::{Verdict, judge};
use seed::api::Session;
use std::{sync::Arc, time::Duration};

/// No instance accepts a request that starts later than this after the acknowledgement (`docs/adr/0005`).
pub(crate) const BOUND: chrono::TimeDelta = chrono::TimeDelta::seconds(2);
/// People whom nobody bans: are they let in while others are banned?
const BYSTANDERS: usize = 4;
/// How long requests go on after the last ban, and after the last fault has healed.
const AFTERWARDS: Duration = Duration::from_secs(5);

/// Prints the figures, and fails when the promise was broken.
pub(crate) async fn measure(system: &System, bans: usize, per_second: u32) -> anyhow::Result<()> {
    idle::measure(system).await?;
    let per_fault = bans.div_ceil(Fault::ALL.len());
    let people = people::new(system, per_fault * Fault::ALL.len()).await?;
    let bystanders = people::new(system, BYSTANDERS).await?;
    let mut verdicts = Vec::new();
    for (fault, people) in Fault::ALL.into_iter().zip(people.chunks(per_fault)) {
        verdicts.push((fault, under(system, fault, people, &bystanders, per_second).await?));
    }
    print(&verdicts);
    many::measure(system).await?;
    let broken: Vec<String> = verdicts.iter().flat_map(|(_, verdict)| verdict.late.clone()).collect();
    if !broken.is_empty() {
        bail!("{} requests were accepted after the bound:\n  {}", broken.len(), broken.join("\n  "));
    }
    Ok(())
}

/// Bans people while a fault comes and goes, and judges what every instance answered.
async fn under(
    system: &System,
    fault: Fault,
    people: &[Session],
    bystanders: &[Session],
    per_second: u32,
) -> anyhow::Result<Verdict> {
    say(&format!("  banning {} people: {} …", people.len(), fault.name()));
    let admin = people::known(system, &system.accounts.admin).await?;
    let asking = Arc::new(Asking::new(system, bystanders, per_second)?);
    let traffic = tokio::spawn(Arc::clone(&asking).at_rate());
    let causing = fault.begin(system);
    let banned = banning::all(system, &admin, people, &asking, fault).await;
    tokio::time::sleep(AFTERWARDS).await;
    causing.end().await;
    tokio::time::sleep(AFTERWARDS).await;
    asking.stop();
    traffic.await?;
    let bans = banning::receipts(system, &admin, banned?).await?;
    let verdict = judge(&asking.history(), &bans, BOUND);
    ensure!(verdict.after_bound > 0, "nobody banned was asked about after the bound: nothing was tried");
    Ok(verdict)
}

fn print(verdicts: &[(Fault, Verdict)]) {
    let columns = [
        "while",
        "bans",
        "requests",
        "after 2 s",
        "of these accepted",
        "last accepted p50 ms",
        "p99",
        "max",
        "refused everywhere p50 ms",
        "p99",
        "others held up",
    ];
    let mut table =
        Table::new("Bans, from their acknowledgement (T0), on every instance of every service", &columns);
    for (fault, verdict) in verdicts {
        let Verdict { bans, requests, after_bound, late, last_accepted, refused_everywhere, .. } = verdict;
        let at = |samples: &Samples, percent| ms(samples.percentile(percent));
        table.row([
            fault.name().to_owned(),
            bans.to_string(),
            requests.to_string(),
            after_bound.to_string(),
            late.len().to_string(),
            at(last_accepted, 50),
            at(last_accepted, 99),
            at(last_accepted, 100),
            at(refused_everywhere, 50),
            at(refused_everywhere, 99),
            format!("{:.2} %", verdict.held_up_percent),
        ]);
    }
    table.print();
    say(
        "  (last accepted: when the last request that some instance accepted had begun, per ban; 0 where none was.",
    );
    say(
        "   refused everywhere: when the first refused request of the last instance had begun, as close as we asked.",
    );
    say("   others held up: answers 503 to people who are not banned, of those that were answered)");
}
