//! Something that admins follow while it changes, as server-sent events.

use crate::{error::Error, state::Auth};
use auth::Identity;
use axum::{
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use contracts::Timestamp;
use futures::stream;
use serde::Serialize;
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, sleep};

/// How often it is looked for news.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A stream ends after so long.
const STREAM_MAX: Duration = Duration::from_mins(2);

/// Is a stream wanted?
pub(super) fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

struct Follower<T, L, O> {
    state: Auth,
    admin: Identity,
    look: L,
    is_over: O,
    shown: Option<T>,
    ends: Instant,
}

/// An event `name` per change, until nothing more will come or the admin may no longer see it.
pub(super) fn follow<T, L, F, O>(
    state: Auth,
    admin: Identity,
    name: &'static str,
    look: L,
    is_over: O,
) -> Response
where
    T: Serialize + PartialEq + Send + 'static,
    L: Fn(Auth) -> F + Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
    O: Fn(&T, Timestamp) -> bool + Send + 'static,
{
    let first = Follower { state, admin, look, is_over, shown: None, ends: Instant::now() + STREAM_MAX };
    let events = stream::unfold(first, move |mut follower| async move {
        let data = follower.next().await?;
        let event = Event::default().event(name).data(data);
        Some((Ok::<_, Infallible>(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

impl<T, L, F, O> Follower<T, L, O>
where
    T: Serialize + PartialEq,
    L: Fn(Auth) -> F,
    F: Future<Output = Result<T, Error>>,
    O: Fn(&T, Timestamp) -> bool,
{
    /// The next change as JSON.
    async fn next(&mut self) -> Option<String> {
        loop {
            let now = self.state.clock.now();
            let over = self.shown.as_ref().is_some_and(|shown| (self.is_over)(shown, now));
            if over || Instant::now() >= self.ends || self.state.authority.recheck(&self.admin).is_err() {
                return None;
            }
            let found = (self.look)(self.state.clone()).await.ok()?;
            if self.shown.as_ref() != Some(&found) {
                let data = serde_json::to_string(&found).ok()?;
                self.shown = Some(found);
                return Some(data);
            }
            sleep(LOOK_EVERY).await;
        }
    }
}
