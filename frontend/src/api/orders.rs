//! Holds and orders: `/api/orders`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
    session::use_api,
};
use contracts::{
    Page, PageQuery,
    ids::{OrderId, ShowId},
    orders::{OrderStatus, OrderView, PlaceOrder, SellerOrders},
};
use std::time::Duration;

/// `POST /api/orders`
pub async fn place(api: &Api, request: &PlaceOrder, key: &IdempotencyKey) -> Result<OrderView, AppError> {
    api.create("/api/orders", request, key).await
}

/// `GET /api/orders/{id}`
pub async fn find(api: &Api, order: OrderId) -> Result<OrderView, AppError> {
    api.get(&format!("/api/orders/{order}")).await
}

/// `GET /api/orders`
pub async fn list(api: &Api, page: &PageQuery) -> Result<Page<OrderView>, AppError> {
    api.query("/api/orders", page).await
}

/// `DELETE /api/orders/{id}`: lets the tickets go.
pub async fn cancel(api: &Api, order: OrderId) -> Result<OrderView, AppError> {
    api.delete(&format!("/api/orders/{order}")).await
}

/// `GET /api/shows/{id}/orders`: who bought, for the seller.
pub async fn of_show(api: &Api, show: ShowId, page: &PageQuery) -> Result<SellerOrders, AppError> {
    api.query(&format!("/api/shows/{show}/orders"), page).await
}

/// How long a page waits for a hold that it only mentions.
const HELD_WAIT: Duration = Duration::from_millis(500);

/// The hold that ends next, for the header.
pub async fn held() -> Result<Option<OrderView>, AppError> {
    let api = use_api()?;
    let newest = PageQuery { cursor: None, limit: Some(20) };
    let orders = tokio::time::timeout(HELD_WAIT, list(&api, &newest)).await;
    let orders = orders.map_err(|_| AppError::Unavailable { retry_after: 2 })??.items;
    let live =
        |order: &OrderView| order.status == OrderStatus::AwaitingPayment && order.expires_at > order.now;
    Ok(orders.into_iter().filter(live).min_by_key(|order| order.expires_at))
}
