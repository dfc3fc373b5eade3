//! `DELETE /api/orders/{id}`: the buyer lets the tickets go.

use super::openapi::{Conflict, Forbidden, NotFound, Unauthenticated, Unavailable};
use crate::{
    error::Error,
    order::{CancelError, OrderState},
    state::Orders,
    store,
    view::order_view,
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    ids::OrderId,
    orders::{CancelReason, OrderView},
};
use service::Id;

/// Cancels an order that awaits payment. Doing it again changes nothing.
#[utoipa::path(
    delete, path = "/api/orders/{id}", operation_id = "cancel_order",
    params(("id" = OrderId, Path)),
    responses(
        (status = 200, body = OrderView),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 409, response = Conflict),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "orders.cancel_order", skip_all, fields(order.id = %id))]
pub(crate) async fn cancel_order(
    State(state): State<Orders>,
    caller: Caller,
    Id(id): Id<OrderId>,
) -> Result<Json<OrderView>, Error> {
    let mut tx = state.pool.begin().await?;
    let found = store::orders::find_own(&mut tx, id, caller.user).await?.ok_or(Error::NotFound)?;
    let order = store::orders::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if matches!(order.state, OrderState::Cancelled { .. }) {
        tx.commit().await?;
        return Ok(Json(order_view(&order, found.show, found.now)));
    }
    let changed = order.cancel(CancelReason::Buyer).map_err(|error| match error {
        CancelError::Confirming => Error::Confirming,
        CancelError::Ended => Error::StateConflict("The order is complete and can no longer be cancelled"),
    })?;
    store::orders::save(&mut tx, std::slice::from_ref(&changed)).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Json(order_view(&changed.order, found.show, found.now)))
}
