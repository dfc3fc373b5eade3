//! Holds and orders: `/api/orders`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
    loading::once,
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
const HELD_WAIT: Duration = Duration::from_millis(1500);

/// The hold that ends next, for the header.
pub async fn held() -> Result<Option<OrderView>, AppError> {
    let api = use_api()?;
    let holds = once(live_holds(&api)).await?;
    Ok(holds.into_iter().min_by_key(|order| order.expires_at))
}

/// The visitor's hold for a show; a page that only mentions it does without. Call it before the first `await`.
pub async fn held_for(api: &Api, show: ShowId) -> Option<OrderView> {
    once(live_holds(api)).await.ok()?.into_iter().find(|order| order.show.id == show)
}

async fn live_holds(api: &Api) -> Result<Vec<OrderView>, AppError> {
    let newest = PageQuery { cursor: None, limit: Some(20) };
    let orders = tokio::time::timeout(HELD_WAIT, list(api, &newest)).await;
    let mut orders = orders.map_err(|_| AppError::Unavailable { retry_after: 2 })??.items;
    orders.retain(is_held);
    Ok(orders)
}

/// Are its tickets held for the visitor right now?
pub fn is_held(order: &OrderView) -> bool {
    order.status == OrderStatus::AwaitingPayment && order.expires_at > order.now
}
