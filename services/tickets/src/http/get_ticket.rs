//! `GET /api/tickets/{id}`: one of the caller's tickets.

use super::answers::{Always, Identified, Named};
use crate::{error::Error, state::Tickets, store::ticket_views};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    ids::{TicketId, UserId},
    tickets::TicketView,
};
use service::Id;
use sqlx::PgConnection;

/// One of the caller's tickets.
#[utoipa::path(
    get, path = "/api/tickets/{id}", operation_id = "get_ticket", tag = "tickets",
    params(("id" = TicketId, Path, description = "The ticket")),
    responses((status = 200, description = "The ticket", body = TicketView), Always, Identified, Named),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.get_ticket", skip_all, fields(ticket.id = %id))]
pub(super) async fn get_ticket(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<TicketId>,
) -> Result<Json<TicketView>, Error> {
    let mut db = state.pool.acquire().await?;
    Ok(Json(held(&state, &mut db, caller.user, id).await?))
}

/// The holder's ticket.
pub(super) async fn held(
    state: &Tickets,
    db: &mut PgConnection,
    holder: UserId,
    id: TicketId,
) -> Result<TicketView, Error> {
    let held = ticket_views::find(db, holder, id, state.clock.now()).await?;
    held.map(|held| held.view(&state.codes)).ok_or(Error::NotFound)
}
