//! From a ban's acknowledgement to its refusal by every instance.

use crate::{
    people,
    samples::{Samples, ms},
    system::{SERVICES, System},
    table::{Table, say},
};
use anyhow::Context;
use contracts::auth::BanReceipt;
use reqwest::StatusCode;
use seed::api::Session;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// How many people are banned.
const BANS: usize = 30;
/// How often a receipt is read until it is complete.
const LOOKS: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Prints the milliseconds that each service took, and asks each whether it still accepts the banned.
pub(crate) async fn measure(system: &System) -> anyhow::Result<()> {
    let admin = people::known(system, &system.accounts.admin).await?;
    let people = people::new(system, BANS).await?;
    let mut took: BTreeMap<String, Samples> = BTreeMap::new();
    let (mut refused, mut accepted) = (0, 0);
    for person in &people {
        let receipt = ban(&admin, person).await?;
        for service in SERVICES {
            match person.status(&format!("/api/{service}/whoami")).await? {
                StatusCode::FORBIDDEN => refused += 1,
                StatusCode::OK => accepted += 1,
                _ => {}
            }
        }
        for (service, applied) in complete(&admin, receipt).await? {
            took.entry(service).or_default().add(applied);
        }
    }
    let mut table =
        Table::new("From the acknowledgement of a ban to its refusal", &["service", "p50 ms", "p99 ms"]);
    for (service, samples) in took {
        table.row([service, ms(samples.percentile(50)), ms(samples.percentile(99))]);
    }
    table.print();
    say(&format!(
        "  ({BANS} bans; asked right after the answer to the ban, {refused} requests were refused and {accepted} accepted)"
    ));
    Ok(())
}

async fn ban(admin: &Session, person: &Session) -> anyhow::Result<BanReceipt> {
    let user = people::id(person).await?;
    admin.put(&format!("/api/auth/admin/users/{user}/ban"), &json!({ "reason": "A measurement" })).await
}

/// Each instance's time, once all of them have answered or a while has passed.
async fn complete(admin: &Session, mut receipt: BanReceipt) -> anyhow::Result<Vec<(String, Duration)>> {
    for _ in 0..LOOKS {
        if receipt.instances.iter().all(|instance| instance.applied_ms.is_some()) {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        receipt = admin.get(&format!("/api/auth/admin/bans/{}/receipt", receipt.ban)).await?;
    }
    let applied = receipt.instances.into_iter().map(|instance| {
        let applied = instance.applied_ms.with_context(|| format!("{} never answered", instance.instance))?;
        Ok((instance.service, Duration::from_secs_f64(applied.max(0.0) / 1000.0)))
    });
    applied.collect()
}
