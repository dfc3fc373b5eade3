//! `GET /api/shows/{id}`: one show with its listings.

use super::{
    answers::{Always, Named},
    show_view,
};
use crate::{error::Error, state::Tickets, store};
use auth::{Caller, Refusal};
use axum::{Json, extract::State};
use contracts::{ids::ShowId, shows::ShowView};
use service::Id;

/// One show with its listings. Drafts only for their organiser; hidden listings only for their seller.
#[utoipa::path(
    get, path = "/api/shows/{id}", operation_id = "get_show", tag = "shows",
    params(("id" = ShowId, Path, description = "The show")),
    responses((status = 200, description = "The show", body = ShowView), Always, Named),
    security((), ("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.get_show", skip_all, fields(show.id = %id))]
pub(super) async fn get_show(
    State(state): State<Tickets>,
    caller: Result<Caller, Refusal>,
    Id(id): Id<ShowId>,
) -> Result<Json<ShowView>, Error> {
    let viewer = caller.as_ref().ok().map(|caller| caller.user);
    let mut db = state.pool.acquire().await?;
    let show = store::shows::find(&mut db, id).await?.filter(|show| show.is_visible_to(viewer));
    let show = show.ok_or_else(|| unseen(caller.as_ref().err().copied()))?;
    Ok(Json(show_view::of(&mut db, show, viewer).await?))
}

/// Why somebody does not see a show: it is unknown or not theirs to know, unless who they are cannot be known now.
pub(super) fn unseen(refusal: Option<Refusal>) -> Error {
    match refusal {
        Some(refusal @ (Refusal::Stale | Refusal::NoKeys)) => refusal.into(),
        _ => Error::NotFound,
    }
}
