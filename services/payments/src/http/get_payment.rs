//! `GET /api/payments/{id}`: one attempt to pay.

use super::openapi::{Forbidden, NotFound, Unauthenticated, Unavailable};
use crate::{error::Error, state::Payments, store, view::payment_view};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{ids::PaymentId, payments::PaymentView};
use service::Id;

/// One of the caller's own attempts to pay.
#[utoipa::path(
    get, path = "/api/payments/{id}", operation_id = "get_payment",
    params(("id" = PaymentId, Path)),
    responses(
        (status = 200, body = PaymentView),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "payments.get_payment", skip_all, fields(payment.id = %id))]
pub(crate) async fn get_payment(
    State(state): State<Payments>,
    caller: Caller,
    Id(id): Id<PaymentId>,
) -> Result<Json<PaymentView>, Error> {
    let mut connection = state.pool.acquire().await?;
    let payment = store::payments::find_own(&mut connection, id, caller.user).await?;
    Ok(Json(payment_view(&payment.ok_or(Error::NotFound)?)))
}
