//! What stays open at the provider for too long is said aloud.

use crate::{error::Error, state::Payments, store};
use std::time::Duration;

/// How long something may be open at the provider before somebody should look.
const OVERDUE: Duration = Duration::from_mins(1);
/// How often it is looked.
const INTERVAL: Duration = Duration::from_secs(10);
/// What can be open.
const KINDS: [&str; 3] = ["authorize", "capture", "void"];

/// Looks until the process stops.
pub(super) async fn watch(state: Payments) {
    let mut tick = tokio::time::interval(INTERVAL);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = look(&state).await {
            tracing::warn!(%error, "overdue payments could not be counted");
        }
    }
}

async fn look(state: &Payments) -> Result<(), Error> {
    let mut connection = state.pool.acquire().await?;
    let payments = store::payments::count_overdue(&mut connection, OVERDUE).await?;
    let refunds = store::refunds::count_overdue(&mut connection, OVERDUE).await?;
    for kind in KINDS {
        let count = payments.iter().find(|(open, _)| open == kind).map_or(0, |(_, count)| *count);
        report(kind, count);
    }
    report("refund", refunds);
    Ok(())
}

fn report(kind: &'static str, count: i64) {
    metrics::gauge!("payments_overdue", "open" => kind)
        .set(f64::from(i32::try_from(count).unwrap_or(i32::MAX)));
    if count > 0 {
        tracing::error!(
            open = kind,
            count,
            "the provider has not said for more than a minute what became of money"
        );
    }
}
