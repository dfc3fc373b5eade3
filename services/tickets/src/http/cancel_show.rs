//! `POST /api/shows/{id}/cancel`: it will not take place; everybody is refunded.

use super::{
    answers::{Always, Guarded, Identified, Named},
    if_sent::IfSent,
    show_view,
    update_show::own,
};
use crate::{
    error::Error,
    listing::Listing,
    show::Show,
    state::Tickets,
    store::{self, facts},
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    ids::ShowId,
    shows::{ShowStatus, ShowView},
};
use events::tickets::TicketFact;
use service::Id;
use sqlx::PgTransaction;
use tracing::Instrument;
use uuid::Uuid;

/// Tickets voided in one statement.
const BATCH: i64 = 1000;

/// The show will not take place: its listings are withdrawn and its tickets void at once, and orders refunds
/// everybody. Doing it again changes nothing.
#[utoipa::path(
    post, path = "/api/shows/{id}/cancel", operation_id = "cancel_show", tag = "shows",
    params(
        ("id" = ShowId, Path, description = "The show"),
        ("If-Match" = Option<String>, Header, pattern = "^\"[0-9]{1,18}\"$", description = "Only where this is still the version, such as \"3\"")
    ),
    responses((status = 200, description = "The show as it is now", body = ShowView), Always, Identified, Named, Guarded),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.cancel_show", skip_all, fields(show.id = %id))]
pub(super) async fn cancel_show(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ShowId>,
    seen: IfSent,
) -> Result<Json<ShowView>, Error> {
    let tasks = state.lifecycle.tasks.clone();
    // A full arena takes longer than a request may: the work goes on when nobody waits for it any more, and
    // whoever asks again gets its outcome.
    let work = async move { run(&state, &caller, id, seen).await }.in_current_span();
    Ok(Json(tasks.spawn(work).await.map_err(|_| Error::Unfinished)??))
}

async fn run(state: &Tickets, caller: &Caller, id: ShowId, seen: IfSent) -> Result<ShowView, Error> {
    let mut tx = state.pool.begin().await?;
    let mut show = own(&mut tx, id, caller.user).await?;
    if show.status != ShowStatus::Cancelled {
        seen.check(show.version)?;
        show = cancel(state, &mut tx, show).await?;
    }
    let view = show_view::of(&mut tx, show, Some(caller.user)).await?;
    state.authority.recheck(caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(view)
}

/// Show, tickets and listings in one transaction, locked in this order.
async fn cancel(state: &Tickets, tx: &mut PgTransaction<'_>, show: Show) -> Result<Show, Error> {
    let changed = show.cancel();
    store::shows::update(tx, &changed.0).await?;
    facts::show(tx, &changed).await?;
    let mut last = Uuid::nil();
    loop {
        let voided = store::tickets::void_some_of_show(tx, changed.0.id, last, BATCH).await?;
        let Some(end) = voided.last() else { break };
        last = end.id.uuid();
        let voided: Vec<_> = voided.into_iter().map(|ticket| (ticket, TicketFact::Voided)).collect();
        facts::tickets(tx, &voided, &state.codes).await?;
    }
    let listings = store::listings::lock_of_show(tx, changed.0.id).await?;
    let withdrawn: Vec<_> = listings.into_iter().map(Listing::withdraw).collect();
    facts::save_listings(tx, &withdrawn).await?;
    Ok(changed.0)
}
