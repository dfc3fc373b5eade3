//! `POST /api/shows/{id}/publish`: everybody can see it.

use super::{
    answers::{Always, Guarded, Identified, Named},
    if_sent::IfSent,
    show_view,
    update_show::own,
};
use crate::{
    error::Error,
    listing::Listing,
    state::Tickets,
    store::{self, facts},
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    ids::ShowId,
    shows::{ShowStatus, ShowView},
};
use service::Id;

/// Everybody can see the show and its listings from now on. Doing it again changes nothing.
#[utoipa::path(
    post, path = "/api/shows/{id}/publish", operation_id = "publish_show", tag = "shows",
    params(
        ("id" = ShowId, Path, description = "The show"),
        ("If-Match" = Option<String>, Header, pattern = "^\"[0-9]{1,18}\"$", description = "Only where this is still the version, such as \"3\"")
    ),
    responses((status = 200, description = "The show as it is now", body = ShowView), Always, Identified, Named, Guarded),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.publish_show", skip_all, fields(show.id = %id))]
pub(super) async fn publish_show(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ShowId>,
    seen: IfSent,
) -> Result<Json<ShowView>, Error> {
    let mut tx = state.pool.begin().await?;
    let show = own(&mut tx, id, caller.user).await?;
    if show.status != ShowStatus::Published {
        seen.check(show.version)?;
    }
    let changed = show.publish(state.clock.now())?;
    if changed.1.is_some() {
        store::shows::update(&mut tx, &changed.0).await?;
        facts::show(&mut tx, &changed).await?;
        let listings = store::listings::lock_of_show(&mut tx, id).await?;
        let announced: Vec<_> =
            listings.into_iter().map(Listing::announce).filter(|(_, fact)| fact.is_some()).collect();
        facts::save_listings(&mut tx, &announced).await?;
    }
    let view = show_view::of(&mut tx, changed.0, Some(caller.user)).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Json(view))
}
