//! The one place where time and ids come from, so that tests can set the time.

use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Tells the time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Mutex<DateTime<Utc>>>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is set.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(Mutex::new(at))))
    }

    /// The time now, in whole microseconds as Postgres keeps it.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            None => system_now(),
            Some(fixed) => *fixed.lock().unwrap_or_else(PoisonError::into_inner),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Sets a fixed clock; the machine's clock stays as it is.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Some(fixed) = &self.0 {
            *fixed.lock().unwrap_or_else(PoisonError::into_inner) = at;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

/// A fresh id: UUIDv7, so that ids sort by the time they were made.
pub fn new_id<T: From<Uuid>>() -> T {
    T::from(Uuid::now_v7())
}
