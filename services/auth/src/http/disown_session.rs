//! `POST /api/auth/sessions/disown`: "that was not me", by the link of the mail about a new browser.

use crate::{
    devices,
    error::Error,
    links::{self, Purpose},
    state::Auth,
    store,
};
use auth::revocation::ReasonCode;
use axum::{extract::State, http::StatusCode};
use contracts::{Problem, auth::FollowLink};
use service::Valid;

/// End a session that somebody else began, and forget its browser. Whoever reads the mail need not be signed in; the
/// password is changed next, by a link of its own.
#[utoipa::path(post, path = "/api/auth/sessions/disown", tag = "recovery", request_body = FollowLink, responses(
    (status = 204, description = "The session has ended"),
    (status = 409, description = "`link_invalid`: unknown, used, or run out", body = Problem),
))]
#[tracing::instrument(name = "auth.disown_session", skip_all)]
pub(crate) async fn disown_session(
    State(state): State<Auth>,
    Valid(request): Valid<FollowLink>,
) -> Result<StatusCode, Error> {
    let link = links::find(&state, &request.token, &[Purpose::NotMe]).await?;
    let session = link.session_id.ok_or(Error::LinkInvalid)?;
    let now = state.clock.now();
    let mut tx = state.pool.begin().await?;
    store::users::lock(&mut tx, link.user_id).await?;
    links::use_up(&mut tx, &request.token, now).await?;
    let ended = devices::end(&mut tx, link.user_id, session, ReasonCode::SessionEnded, now).await?;
    store::known_browsers::disown(&mut tx, link.user_id, session).await?;
    tx.commit().await?;
    devices::spread(&state, &ended).await;
    Ok(StatusCode::NO_CONTENT)
}
