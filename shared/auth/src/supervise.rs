//! A watcher runs as long as its process.

use std::future::Future;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Runs a watcher until `stop`. Should it end before that, nothing would extend the lease ever again and everybody
/// would be asked to wait for ever: so the process ends too, and whoever supervises it starts it anew.
pub(crate) fn supervise(
    tasks: &TaskTracker,
    stop: &CancellationToken,
    name: &'static str,
    watcher: impl Future<Output = ()> + Send + 'static,
) {
    let (stop, running) = (stop.clone(), tasks.spawn(watcher));
    tasks.spawn(async move {
        let ended = running.await;
        if !stop.is_cancelled() {
            tracing::error!(watcher = name, panicked = ended.is_err(), "a watcher ended: stopping");
            stop.cancel();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::supervise;
    use std::time::Duration;
    use tokio::time::timeout;
    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    #[tokio::test]
    async fn a_watcher_that_panics_ends_the_process() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        supervise(&tasks, &stop, "healthy", stop.clone().cancelled_owned());
        supervise(&tasks, &stop, "broken", async { panic!("a bug") });
        timeout(Duration::from_secs(5), stop.cancelled()).await.expect("the process is told to stop");
        tasks.close();
        timeout(Duration::from_secs(5), tasks.wait()).await.expect("nothing is left running");
    }

    #[tokio::test]
    async fn a_watcher_that_was_told_to_stop_is_no_failure() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        supervise(&tasks, &stop, "healthy", stop.clone().cancelled_owned());
        stop.cancel();
        tasks.close();
        timeout(Duration::from_secs(5), tasks.wait()).await.expect("nothing is left running");
    }
}
