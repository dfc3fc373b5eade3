//! Issued tickets, resale and the door: `/api/tickets`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
};
use contracts::{
    Page, PageQuery,
    ids::{OrderId, ShowId, TicketId},
    tickets::{CheckIn, CheckInView, ListForResale, TicketQuery, TicketView},
};

/// `GET /api/tickets`
pub async fn list(api: &Api, page: &PageQuery) -> Result<Page<TicketView>, AppError> {
    api.query("/api/tickets", page).await
}

/// `GET /api/tickets?order_id=`: every ticket of an order.
pub async fn of_order(api: &Api, order: OrderId) -> Result<Vec<TicketView>, AppError> {
    // More than an order may have.
    let query = TicketQuery { order_id: Some(order), cursor: None, limit: Some(100) };
    Ok(api.query::<Page<TicketView>>("/api/tickets", &query).await?.items)
}

/// `GET /api/tickets/{id}`
pub async fn find(api: &Api, ticket: TicketId) -> Result<TicketView, AppError> {
    api.get(&format!("/api/tickets/{ticket}")).await
}

/// Where the browser finds the ticket's QR code.
pub fn qr_path(ticket: TicketId) -> String {
    format!("/api/tickets/{ticket}/qr.svg")
}

/// Where the browser finds the ticket as a file to print.
pub fn pdf_path(ticket: TicketId) -> String {
    format!("/api/tickets/{ticket}/pdf")
}

/// Where the browser finds the show for its calendar.
pub fn calendar_path(ticket: TicketId) -> String {
    format!("/api/tickets/{ticket}/calendar.ics")
}

/// `POST /api/tickets/{id}/resale`
pub async fn list_for_resale(
    api: &Api,
    ticket: TicketId,
    request: &ListForResale,
    key: &IdempotencyKey,
) -> Result<(), AppError> {
    api.create::<serde_json::Value>(&format!("/api/tickets/{ticket}/resale"), request, key).await.map(drop)
}

/// `DELETE /api/tickets/{id}/resale`
pub async fn withdraw_from_resale(api: &Api, ticket: TicketId) -> Result<(), AppError> {
    api.delete::<serde_json::Value>(&format!("/api/tickets/{ticket}/resale")).await.map(drop)
}

/// `POST /api/shows/{id}/check-ins`
pub async fn check_in(
    api: &Api,
    show: ShowId,
    request: &CheckIn,
    key: &IdempotencyKey,
) -> Result<CheckInView, AppError> {
    api.create(&format!("/api/shows/{show}/check-ins"), request, key).await
}
