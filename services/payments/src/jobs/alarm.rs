//! What stays open at the provider, or with orders, for too long is said aloud.

use crate::{error::Error, state::Payments, store};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// How long something may be open before somebody should look.
const OVERDUE: Duration = Duration::from_mins(1);
/// How often it is looked.
const INTERVAL: Duration = Duration::from_secs(5);
/// What can be open.
const KINDS: [&str; 5] = ["authorize", "answer", "capture", "void", "refund"];

/// How much is overdue, for `/readyz`. It never takes an instance out of rotation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overdue(Arc<[AtomicI64; KINDS.len()]>);

impl Overdue {
    /// The counts, by what is open.
    pub(crate) fn as_json(&self) -> Value {
        let counts = KINDS.iter().zip(self.0.iter());
        counts.map(|(kind, count)| ((*kind).to_owned(), Value::from(count.load(Ordering::Relaxed)))).collect()
    }
}

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
    for (kind, overdue) in KINDS.into_iter().zip(state.overdue.0.iter()) {
        let count = match kind {
            "refund" => refunds,
            open => payments.iter().find(|(kind, _)| kind == open).map_or(0, |(_, count)| *count),
        };
        overdue.store(count, Ordering::Relaxed);
        report(kind, count);
    }
    Ok(())
}

fn report(kind: &'static str, count: i64) {
    let figure = f64::from(i32::try_from(count).unwrap_or(i32::MAX));
    metrics::gauge!("payments_overdue", "open" => kind).set(figure);
    match (count, kind) {
        (0, _) => {}
        (_, "answer") => tracing::error!(
            count,
            "orders has not said for more than a minute what shall become of reserved money"
        ),
        (_, "refund") => tracing::error!(
            count,
            "money that is to go back has been on its way for more than a minute, or the provider refused it"
        ),
        (_, open) => tracing::error!(
            open,
            count,
            "the provider has not said for more than a minute what became of money"
        ),
    }
}
