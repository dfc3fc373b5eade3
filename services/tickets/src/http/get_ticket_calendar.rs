//! `GET /api/tickets/{id}/calendar.ics`: the show for the holder's calendar.

use super::{
    answers::{Always, Identified, Named},
    get_ticket::held,
};
use crate::{calendar, error::Error, state::Tickets};
use auth::Caller;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use contracts::ids::TicketId;
use service::Id;

/// The ticket's show as an iCalendar document.
#[utoipa::path(
    get, path = "/api/tickets/{id}/calendar.ics", operation_id = "get_ticket_calendar", tag = "tickets",
    params(("id" = TicketId, Path, description = "The ticket")),
    responses(
        (status = 200, description = "The document", body = String, content_type = "text/calendar"),
        Always, Identified, Named
    ),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.get_ticket_calendar", skip_all, fields(ticket.id = %id))]
pub(super) async fn get_ticket_calendar(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<TicketId>,
) -> Result<Response, Error> {
    let mut db = state.pool.acquire().await?;
    let ticket = held(&state, &mut db, caller.user, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"show.ics\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, calendar::document(&ticket, state.clock.now())).into_response())
}
