//! `GET /api/shows/{id}`: one show with its listings.

use super::{
    answers::{Always, Named},
    show_view,
};
use crate::{error::Error, state::Tickets, store};
use auth::MaybeCaller;
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
    MaybeCaller(caller): MaybeCaller,
    Id(id): Id<ShowId>,
) -> Result<Json<ShowView>, Error> {
    let viewer = caller.map(|identity| identity.user);
    let mut db = state.pool.acquire().await?;
    let show = store::shows::find(&mut db, id).await?.filter(|show| show.is_visible_to(viewer));
    let show = show.ok_or(Error::NotFound)?;
    Ok(Json(show_view::of(&mut db, show, viewer).await?))
}
