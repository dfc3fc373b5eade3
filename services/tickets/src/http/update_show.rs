//! `PATCH /api/shows/{id}`: change some fields of a show.

use super::{
    answers::{Always, Bodied, Identified, Named, Versioned},
    show_view,
};
use crate::{
    denied::Denied,
    error::Error,
    show::{Show, ShowRules},
    state::Tickets,
    store::{self, facts},
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    ids::{ShowId, UserId},
    shows::{ShowView, UpdateShow},
};
use service::{Id, IfMatch, Valid};
use sqlx::PgConnection;

/// Changes some fields; absent ones stay. Doors and the end of refunds move with the start.
#[utoipa::path(
    patch, path = "/api/shows/{id}", operation_id = "update_show", tag = "shows",
    params(
        ("id" = ShowId, Path, description = "The show"),
        ("If-Match" = String, Header, pattern = "^\"[0-9]{1,18}\"$", description = "The version that the caller has seen, such as \"3\"")
    ),
    request_body = UpdateShow,
    responses((status = 200, description = "The show as it is now", body = ShowView), Always, Identified, Named, Bodied, Versioned),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.update_show", skip_all, fields(show.id = %id))]
pub(super) async fn update_show(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ShowId>,
    IfMatch(version): IfMatch,
    Valid(request): Valid<UpdateShow>,
) -> Result<Json<ShowView>, Error> {
    let rules = ShowRules { now: state.clock.now(), hold_seconds_min: state.rules.hold_seconds_min };
    let mut tx = state.pool.begin().await?;
    let show = own(&mut tx, id, caller.user).await?;
    if show.version != version {
        return Err(Denied::Version(show.version).into());
    }
    let changed = show.edit(request, rules)?;
    store::shows::update(&mut tx, &changed.0).await?;
    facts::show(&mut tx, &changed).await?;
    let view = show_view::of(&mut tx, changed.0, Some(caller.user)).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Json(view))
}

/// The caller's show, locked for a change, and the caller not banned.
pub(super) async fn own(db: &mut PgConnection, id: ShowId, caller: UserId) -> Result<Show, Error> {
    store::users::fence(db, caller).await?;
    let show = store::shows::lock(db, id).await?.filter(|show| show.is_visible_to(Some(caller)));
    let show = show.ok_or(Error::NotFound)?;
    if show.organiser == caller { Ok(show) } else { Err(Error::NotYours) }
}
