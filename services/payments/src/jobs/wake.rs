//! Waking the workers, and how long they rest.

use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};

/// How often a worker looks for what is due when nobody wakes it.
const POLL: Duration = Duration::from_millis(200);
/// After it was woken it looks this often, since whoever woke it may not have committed yet.
const EAGER_POLL: Duration = Duration::from_millis(10);
/// How long it stays eager.
const EAGER: Duration = Duration::from_millis(150);

/// The workers that can be woken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Worker {
    Asking,
    Refunding,
    Listening,
}

/// Wakes the workers: there is something to do at the provider. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wake(Arc<[Notify; 3]>);

impl Wake {
    /// Wakes each worker once, now or when it next rests.
    pub(crate) fn notify_one(&self) {
        for worker in self.0.iter() {
            worker.notify_one();
        }
    }

    fn of(&self, worker: Worker) -> &Notify {
        let [asking, refunding, listening] = &*self.0;
        match worker {
            Worker::Asking => asking,
            Worker::Refunding => refunding,
            Worker::Listening => listening,
        }
    }
}

/// How a worker rests between two looks.
pub(super) struct Rest {
    worker: Worker,
    eager_until: Instant,
}

impl Rest {
    pub(super) fn of(worker: Worker) -> Self {
        Self { worker, eager_until: Instant::now() }
    }

    /// Ends when there may be something to do. May be dropped at any time.
    pub(super) async fn rest(&mut self, wake: &Wake) {
        if Instant::now() < self.eager_until {
            return sleep(EAGER_POLL).await;
        }
        if timeout(POLL, wake.of(self.worker).notified()).await.is_ok() {
            self.eager_until = Instant::now() + EAGER;
        }
    }
}
