//! `POST /api/shows`: a new draft.

use super::{
    answers::{Always, Identified, Keyed},
    show_view,
};
use crate::{
    error::Error,
    show::{Show, ShowRules},
    state::Tickets,
    store::{self, idempotency::Attempt},
};
use auth::Caller;
use axum::extract::State;
use contracts::shows::{CreateShow, ShowView};
use service::{Created, IdempotencyKey, Valid};

/// A new show that only its organiser sees until it is published.
#[utoipa::path(
    post, path = "/api/shows", operation_id = "create_show", tag = "shows",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "The same key gives the same answer")),
    request_body = CreateShow,
    responses((status = 201, description = "The draft", body = ShowView), Always, Identified, Keyed),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.create_show", skip_all)]
pub(super) async fn create_show(
    State(state): State<Tickets>,
    caller: Caller,
    key: IdempotencyKey,
    Valid(request): Valid<CreateShow>,
) -> Result<Created<ShowView>, Error> {
    let rules = ShowRules { now: state.clock.now(), hold_seconds_min: state.rules.hold_seconds_min };
    let attempt = Attempt::new(caller.user, &key, "create_show", &request)?;
    let mut tx = state.pool.begin().await?;
    if let Some(earlier) = attempt.earlier(&mut tx).await? {
        return Ok(Created(earlier));
    }
    store::users::fence(&mut tx, caller.user).await?;
    let show = Show::draft(service::new_id(), caller.user, request, rules)?;
    store::shows::insert(&mut tx, &show).await?;
    let view = show_view::of(&mut tx, show, Some(caller.user)).await?;
    attempt.keep(&mut tx, &view).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    Ok(Created(view))
}
