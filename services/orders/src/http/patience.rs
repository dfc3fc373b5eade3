//! A copy may be behind the caller's next click: an id that is not known here yet is waited for, but not for long.

use crate::{error::Error, state::Orders};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long is waited in all.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked for.
const POLL: Duration = Duration::from_millis(50);
/// An id of this age has been told of long ago.
const YOUNG_MS: u64 = 60_000;

/// How long one request has waited.
#[derive(Debug)]
pub(super) struct Patience(Instant);

impl Patience {
    /// Begins to count.
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits a moment where what is missing may soon be known: because it is so young that its fact may be under
    /// way, or because one of the consumers that fill the copies was behind, see [`is_behind`].
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is nothing to wait for, [`Error::NotYetKnown`] where it took too long.
    pub(super) async fn wait(
        &self,
        behind: bool,
        missing_since_ms: impl IntoIterator<Item = Option<u64>>,
    ) -> Result<(), Error> {
        if !behind && !missing_since_ms.into_iter().all(is_young) {
            return Err(Error::NotFound);
        }
        if self.0.elapsed() > PATIENCE {
            return Err(Error::NotYetKnown);
        }
        sleep(POLL).await;
        Ok(())
    }
}

/// Is one of the consumers that fill the copies behind? To be asked before the copies are looked at: what is handled
/// between the two is found, and what is not found was not handled.
pub(super) fn is_behind(state: &Orders, consumers: &[&str]) -> bool {
    consumers.iter().any(|durable| state.backbone.is_behind(durable))
}

/// Was an id made a moment ago, if it says when? One of the far future was made up.
fn is_young(made_at_ms: Option<u64>) -> bool {
    let now_ms = u64::try_from(service::Clock::system().now().timestamp_millis()).unwrap_or_default();
    made_at_ms.is_some_and(|made| made.abs_diff(now_ms) < YOUNG_MS)
}
