//! `DELETE /api/tickets/{id}/resale`: take a ticket off resale.

use super::{
    answers::{Always, Conflicting, Identified, Named},
    get_ticket::held,
};
use crate::{
    denied::Denied,
    error::Error,
    state::Tickets,
    store::{self, facts},
};
use auth::Caller;
use axum::{Json, extract::State, http::StatusCode};
use contracts::{
    ids::TicketId,
    tickets::{TicketState, TicketView},
};
use service::Id;

/// Asks for the offer to end. The ticket is valid again as soon as nobody can buy it any more, which is for
/// orders to say: until then it stays `listed`. Asking again changes nothing.
#[utoipa::path(
    delete, path = "/api/tickets/{id}/resale", operation_id = "withdraw_resale", tag = "resale",
    params(("id" = TicketId, Path, description = "The ticket")),
    responses((status = 202, description = "The ticket, listed until orders agrees", body = TicketView), Always, Identified, Named, Conflicting),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.withdraw_resale", skip_all, fields(ticket.id = %id))]
pub(super) async fn withdraw_resale(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<TicketId>,
) -> Result<(StatusCode, Json<TicketView>), Error> {
    let mut tx = state.pool.begin().await?;
    store::users::fence(&mut tx, caller.user).await?;
    let show = store::tickets::find(&mut tx, id).await?.ok_or(Error::NotFound)?.show;
    store::shows::pin(&mut tx, show).await?;
    let ticket = store::tickets::lock(&mut tx, id).await?.filter(|ticket| ticket.holder == caller.user);
    let ticket = ticket.ok_or(Error::NotFound)?;
    let listing = ticket.resale_listing.filter(|_| ticket.state == TicketState::Listed);
    let listing = listing.ok_or(Denied::State("The ticket is not offered for resale."))?;
    let listing = store::listings::lock(&mut tx, listing).await?.ok_or(Error::NotFound)?;
    if !listing.withdrawn {
        facts::save_listings(&mut tx, &[listing.withdraw()]).await?;
    }
    let view = held(&state, &mut tx, caller.user, id).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok((StatusCode::ACCEPTED, Json(view)))
}
