//! Background tasks and their end: what was begun is finished, what runs for ever is told to stop.

use std::{future::Future, sync::Arc, sync::atomic::AtomicBool, sync::atomic::Ordering, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long the end of a process may take.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);

/// Starts tasks and ends them together.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Cancelled when the process shall end.
    pub stop: CancellationToken,
    /// Every task that must have ended before the process does.
    pub tasks: TaskTracker,
    failed: Arc<AtomicBool>,
}

impl Lifecycle {
    /// Runs a task for as long as the process lives. Should it end before that, the process ends too, and
    /// whoever supervises it starts it anew.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let own = self.clone();
        let running = self.tasks.spawn(task);
        self.tasks.spawn(async move {
            let ended = running.await;
            if !own.stop.is_cancelled() {
                tracing::error!(task = name, panicked = ended.is_err(), "a background task ended: stopping");
                own.fail();
                own.stop.cancel();
            }
        });
    }

    /// Notes that the process ends although nobody asked it to.
    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::SeqCst);
    }

    /// Does the process end although nobody asked it to, since a background task ended on its own?
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    /// Tells every task to stop and waits for them, [`DRAIN_TIMEOUT`] at most.
    pub async fn drain(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN_TIMEOUT, self.tasks.wait()).await.is_err() {
            tracing::warn!("some tasks did not stop in time");
        }
    }
}
