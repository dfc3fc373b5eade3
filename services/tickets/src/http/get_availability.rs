//! `GET /api/shows/{id}/availability`: what is left, once or live.

use super::{
    answers::{Always, Named},
    get_show::unseen,
};
use crate::{availability::Watch, error::Error, state::Tickets, store};
use auth::{Caller, Identity, Refusal};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use contracts::{ids::ShowId, shows::Availability};
use futures::{Stream, StreamExt, stream};
use service::Id;
use std::{convert::Infallible, sync::Arc, time::Duration};

/// How often a quiet stream says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What is left of each listing on sale: once as JSON, or as a live stream where `Accept` asks for one.
#[utoipa::path(
    get, path = "/api/shows/{id}/availability", operation_id = "get_availability", tag = "shows",
    params(("id" = ShowId, Path, description = "The show")),
    responses(
        (status = 200, description = "Figures, which may be a moment old", content(
            (Availability = "application/json"),
            (String = "text/event-stream")
        )),
        Always, Named
    ),
    security((), ("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.get_availability", skip_all, fields(show.id = %id))]
pub(super) async fn get_availability(
    State(state): State<Tickets>,
    caller: Result<Caller, Refusal>,
    Id(id): Id<ShowId>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let viewer = caller.as_ref().ok().map(|caller| caller.user);
    let mut db = state.pool.acquire().await?;
    let show = store::shows::find(&mut db, id).await?.filter(|show| show.is_visible_to(viewer));
    let show = show.ok_or_else(|| unseen(caller.as_ref().err().copied()))?;
    let figures = store::listing_views::availability(&mut db, &[id]).await?;
    // One entry per show that was asked for.
    let figures = figures.into_iter().next().ok_or(Error::NotFound)?;
    drop(db);
    if !wants_stream(&headers) {
        return Ok(([(header::CACHE_CONTROL, "no-cache")], Json(figures)).into_response());
    }
    // Who may see it only for being its organiser must still be accepted while they look.
    let identity = caller.ok().map(|Caller(identity)| identity).filter(|_| !show.is_visible_to(None));
    let watch = state.watched.subscribe(figures)?;
    let stream = live(watch).take_until(over(state, identity));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/event-stream"))
}

/// The figures now, and each time they change.
fn live(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((watch, true), async |(mut watch, first)| {
        if !first {
            watch.figures.changed().await.ok()?;
        }
        let json = Arc::clone(&watch.figures.borrow_and_update().json);
        // JSON has no line breaks, which would end the field.
        let event = Event::default().event("availability").data(json);
        Some((Ok(event), (watch, false)))
    })
}

/// The service stops, or the viewer is no longer accepted.
async fn over(state: Tickets, identity: Option<Identity>) {
    let refused = async {
        match identity {
            Some(identity) => drop(state.authority.revoked(&identity).await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = state.lifecycle.stop.cancelled() => {}
        () = refused => {}
    }
}
