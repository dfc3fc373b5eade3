//! `GET /api/auth/admin/bans/{id}/receipt`: how far a ban has come, as JSON or live.

use crate::{bans, error::Error, state::Auth};
use auth::{Admin, Identity, revocation::LIFE_SECONDS};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use chrono::TimeDelta;
use contracts::{Problem, Timestamp, auth::BanReceipt, ids::BanId};
use futures::{Stream, stream};
use service::Id;
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, sleep};

/// How often a live receipt looks for news.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A live receipt ends after so long.
const STREAM_MAX: Duration = Duration::from_mins(2);

/// How far a ban has come. With `Accept: text/event-stream`: an event `receipt` per change.
#[utoipa::path(get, path = "/api/auth/admin/bans/{id}/receipt", tag = "admin", params(("id" = BanId, Path,)), security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "The receipt", body = BanReceipt),
    (status = 404, description = "Unknown", body = Problem),
))]
#[tracing::instrument(name = "auth.get_ban_receipt", skip_all)]
pub(crate) async fn get_ban_receipt(
    State(state): State<Auth>,
    admin: Admin,
    headers: HeaderMap,
    Id(ban): Id<BanId>,
) -> Result<Response, Error> {
    let receipt = bans::receipt(&state, ban).await?;
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/event-stream")) {
        return Ok(Json(receipt).into_response());
    }
    Ok(Sse::new(follow(state, admin.0, ban)).keep_alive(KeepAlive::default()).into_response())
}

struct Follower {
    state: Auth,
    admin: Identity,
    ban: BanId,
    shown: Option<BanReceipt>,
    ends: Instant,
}

fn follow(state: Auth, admin: Identity, ban: BanId) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = Follower { state, admin, ban, shown: None, ends: Instant::now() + STREAM_MAX };
    stream::unfold(first, async |mut follower| {
        let event = next(&mut follower).await?;
        Some((Ok(event), follower))
    })
}

/// The next change; nothing when all is said or the admin may no longer see it.
async fn next(follower: &mut Follower) -> Option<Event> {
    loop {
        let now = follower.state.clock.now();
        let done = follower.shown.as_ref().is_some_and(|receipt| is_final(receipt, now));
        if done
            || Instant::now() >= follower.ends
            || follower.state.authority.recheck(&follower.admin).is_err()
        {
            return None;
        }
        let receipt = bans::receipt(&follower.state, follower.ban).await.ok()?;
        if follower.shown.as_ref() != Some(&receipt) {
            let event = Event::default().event("receipt").json_data(&receipt).ok()?;
            follower.shown = Some(receipt);
            return Some(event);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Acknowledged, or over: the revocation is written no more, since no token is left that it is about.
fn is_final(receipt: &BanReceipt, now: Timestamp) -> bool {
    let over = receipt.committed_at + TimeDelta::seconds(LIFE_SECONDS) <= now;
    (receipt.acknowledged_at.is_some() || over)
        && receipt.instances.iter().all(|instance| instance.applied_ms.is_some() || instance.gone.is_some())
}
