//! `POST /api/tickets/{id}/resale`: offer a ticket to others.

use super::{
    answers::{Always, Conflicting, Identified, Keyed, Named},
    get_ticket::held,
};
use crate::{
    error::Error,
    listing::Listing,
    state::Tickets,
    store::{self, facts, idempotency::Attempt},
};
use auth::Caller;
use axum::extract::State;
use contracts::{
    ids::TicketId,
    tickets::{ListForResale, TicketView},
};
use service::{Created, Id, IdempotencyKey, Valid};

/// Offers a valid ticket at no more than its cap. It is refused at the door until the offer is withdrawn.
#[utoipa::path(
    post, path = "/api/tickets/{id}/resale", operation_id = "list_for_resale", tag = "resale",
    params(
        ("id" = TicketId, Path, description = "The ticket"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "The same key gives the same answer")
    ),
    request_body = ListForResale,
    responses((status = 201, description = "The ticket as it is now", body = TicketView), Always, Identified, Named, Keyed, Conflicting),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.list_for_resale", skip_all, fields(ticket.id = %id))]
pub(super) async fn list_for_resale(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<TicketId>,
    key: IdempotencyKey,
    Valid(request): Valid<ListForResale>,
) -> Result<Created<TicketView>, Error> {
    let attempt = Attempt::new(caller.user, &key, &format!("list_for_resale {id}"), &request)?;
    let mut tx = state.pool.begin().await?;
    if let Some(earlier) = attempt.earlier(&mut tx).await? {
        return Ok(Created(earlier));
    }
    store::users::fence(&mut tx, caller.user).await?;
    let show = store::tickets::find(&mut tx, id).await?.ok_or(Error::NotFound)?.show;
    let show = store::shows::pin(&mut tx, show).await?.ok_or(Error::NotFound)?;
    let ticket = store::tickets::lock(&mut tx, id).await?.filter(|ticket| ticket.holder == caller.user);
    let ticket = ticket.ok_or(Error::NotFound)?;
    ticket.check_resale(request.price, &show, state.clock.now())?;
    let fee_percent = state.rules.booking_fee_percent;
    let listing = Listing::resale(service::new_id(), &show, &ticket, request.price, fee_percent);
    let listed = ticket.list(listing.0.id);
    store::listings::insert(&mut tx, &listing.0).await?;
    store::tickets::update(&mut tx, &listed.0).await?;
    facts::listing(&mut tx, &listing).await?;
    facts::tickets(&mut tx, &[listed], &state.codes).await?;
    let view = held(&state, &mut tx, caller.user, id).await?;
    attempt.keep(&mut tx, &view).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Created(view))
}
