//! Payments and refunds: `/api/payments`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
};
use contracts::{
    Page,
    ids::{OrderId, PaymentId},
    payments::{ConfirmPayment, Pay, PaymentView, RefundView, RequestRefund},
};

/// `POST /api/payments`
pub async fn pay(api: &Api, request: &Pay, key: &IdempotencyKey) -> Result<PaymentView, AppError> {
    api.create("/api/payments", request, key).await
}

/// `GET /api/payments/{id}`
pub async fn find(api: &Api, payment: PaymentId) -> Result<PaymentView, AppError> {
    api.get(&format!("/api/payments/{payment}")).await
}

/// `GET /api/payments?order_id=`: the newest attempt to pay for an order.
pub async fn last_of(api: &Api, order: OrderId) -> Result<Option<PaymentView>, AppError> {
    let page: Page<PaymentView> = api.get(&format!("/api/payments?order_id={order}&limit=1")).await?;
    Ok(page.items.into_iter().next())
}

/// `POST /api/payments/{id}/confirm`: after a challenge, which only the sandbox needs to be told the end of.
pub async fn confirm(api: &Api, payment: PaymentId, passed: bool) -> Result<PaymentView, AppError> {
    let request = ConfirmPayment { passed: Some(passed) };
    api.post(&format!("/api/payments/{payment}/confirm"), &request).await
}

/// `POST /api/payments/{id}/refunds`
pub async fn refund(
    api: &Api,
    payment: PaymentId,
    request: &RequestRefund,
    key: &IdempotencyKey,
) -> Result<RefundView, AppError> {
    api.create(&format!("/api/payments/{payment}/refunds"), request, key).await
}
