//! Payments and refunds: `/api/payments`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
};
use contracts::{
    ids::PaymentId,
    payments::{Pay, PaymentView, RefundView, RequestRefund},
};

/// `POST /api/payments`
pub async fn pay(api: &Api, request: &Pay, key: &IdempotencyKey) -> Result<PaymentView, AppError> {
    api.create("/api/payments", request, key).await
}

/// `GET /api/payments/{id}`
pub async fn find(api: &Api, payment: PaymentId) -> Result<PaymentView, AppError> {
    api.get(&format!("/api/payments/{payment}")).await
}

/// `POST /api/payments/{id}/confirm`: after a challenge.
pub async fn confirm(api: &Api, payment: PaymentId) -> Result<PaymentView, AppError> {
    api.post(&format!("/api/payments/{payment}/confirm"), &()).await
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
