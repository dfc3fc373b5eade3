//! `GET /api/orders/{id}`: one order, once as JSON or live as server-sent events.

use super::{
    openapi::{Forbidden, NotFound, Unauthenticated, Unavailable},
    watch::Watched,
};
use crate::{
    error::Error,
    state::Orders,
    store::{self, ban_effects, context},
};
use auth::{Caller, Refusal};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use contracts::{ids::OrderId, orders::OrderView};
use events::outbox::PublishError;
use futures::{Stream, stream};
use service::Id;
use std::{convert::Infallible, time::Duration};
use tokio::time::sleep;

/// How soon a change is asked for again that could not be read.
const ASK_AGAIN: Duration = Duration::from_millis(250);
/// How often a silent stream shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// One of the caller's own orders. With `Accept: text/event-stream` it is sent as event `order` at once and
/// whenever it changes.
#[utoipa::path(
    get, path = "/api/orders/{id}", operation_id = "get_order",
    params(("id" = OrderId, Path)),
    responses(
        (status = 200, content(
            (OrderView = "application/json"),
            (String = "text/event-stream"),
        )),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "orders.get_order", skip_all, fields(order.id = %id))]
pub(crate) async fn get_order(
    State(state): State<Orders>,
    caller: Caller,
    Id(id): Id<OrderId>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let order = load(&state, &caller, id).await?;
    if !wants_stream(&headers) {
        return Ok(Json(order).into_response());
    }
    let watched = state.watches.watch(id);
    let live = Live { state, caller, watched, sent: 0, next: Some(order), missed: false };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(live.events()).keep_alive(keep_alive).into_response())
}

async fn load(state: &Orders, caller: &Caller, id: OrderId) -> Result<OrderView, Error> {
    let mut connection = state.pool.acquire().await?;
    let found = store::orders::find_own(&mut connection, id, caller.user).await?.ok_or(Error::NotFound)?;
    Ok(found.into())
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| kind.trim().starts_with("text/event-stream"))
}

/// A stream of one order for one caller.
struct Live {
    state: Orders,
    caller: Caller,
    watched: Watched,
    sent: i64,
    next: Option<OrderView>,
    /// Was there a change that could not be read?
    missed: bool,
}

impl Live {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut live| async move {
            let order = live.next().await?;
            live.sent = order.version;
            let event = Event::default().event("order").id(order.version.to_string()).json_data(&order);
            event.ok().map(|event| (Ok(event), live))
        })
    }

    /// The next state that was not sent yet; the end when the caller is revoked or the process stops.
    async fn next(&mut self) -> Option<OrderView> {
        if let Some(first) = self.next.take() {
            return Some(first);
        }
        loop {
            tokio::select! {
                refusal = self.state.authority.revoked(&self.caller) => {
                    if refusal == Refusal::AccountSuspended {
                        self.count_closed().await;
                    }
                    return None;
                }
                () = self.state.stop.cancelled() => return None,
                () = self.watched.changed() => {}
                () = sleep(ASK_AGAIN), if self.missed => {}
            }
            let loaded = load(&self.state, &self.caller, self.watched.id()).await;
            self.missed = loaded.is_err();
            match loaded {
                Ok(order) if order.version > self.sent => return Some(order),
                Ok(_) => {}
                Err(Error::NotFound) => return None,
                Err(error) => tracing::warn!(%error, "a live order could not be read"),
            }
        }
    }

    /// Tells the receipt of the ban. The stream ends either way.
    async fn count_closed(&self) {
        let counting = async {
            let mut tx = self.state.pool.begin().await?;
            context::lock_buyer(&mut tx, self.caller.user).await?;
            ban_effects::stream_closed(&mut tx, self.caller.user).await?;
            tx.commit().await?;
            Ok::<_, PublishError>(())
        };
        match counting.await {
            Ok(()) => self.state.backbone.wake(),
            Err(error) => tracing::warn!(%error, "a stream that a ban closed was not counted"),
        }
    }
}
