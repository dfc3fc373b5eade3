//! `GET /api/tickets/{id}/qr.svg`: the ticket's code to be scanned at the door.

use super::{
    answers::{Always, Identified, Named},
    get_ticket::held,
};
use crate::{denied::Denied, error::Error, state::Tickets};
use auth::Caller;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use contracts::{ids::TicketId, tickets::TicketState};
use qrcode::{EcLevel, QrCode, render::svg};
use service::Id;

/// The least width and height, in the units of the drawing.
const SIZE: u32 = 320;

/// The ticket's QR code, black on white with its quiet zone.
#[utoipa::path(
    get, path = "/api/tickets/{id}/qr.svg", operation_id = "get_ticket_qr", tag = "tickets",
    params(("id" = TicketId, Path, description = "The ticket")),
    responses(
        (status = 200, description = "The drawing", body = String, content_type = "image/svg+xml"),
        (status = 409, description = "`ticket_not_valid`: it is void", body = contracts::Problem,
         content_type = "application/problem+json"),
        Always, Identified, Named
    ),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.get_ticket_qr", skip_all, fields(ticket.id = %id))]
pub(super) async fn get_ticket_qr(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<TicketId>,
) -> Result<Response, Error> {
    let mut db = state.pool.acquire().await?;
    let ticket = held(&state, &mut db, caller.user, id).await?;
    if ticket.state == TicketState::Void {
        return Err(Denied::TicketNotValid("The ticket is void.").into());
    }
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, draw(&ticket.code)?).into_response())
}

fn draw(code: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(code, EcLevel::M)?;
    let (black, white) = (svg::Color("#000000"), svg::Color("#ffffff"));
    let mut drawing = code.render();
    drawing.quiet_zone(true).min_dimensions(SIZE, SIZE).dark_color(black).light_color(white);
    Ok(drawing.build())
}
