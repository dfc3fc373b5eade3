//! `GET /api/payments?order_id=`: the attempts to pay for an order.

use super::openapi::{Forbidden, Malformed, Unauthenticated, Unavailable};
use crate::{error::Error, state::Payments, store, view::payment_view};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    Page, PageQuery,
    ids::{OrderId, PaymentId},
    payments::PaymentView,
};
use serde::Deserialize;
use service::ValidQuery;

/// Which attempts are wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct OfOrder {
    order_id: OrderId,
    cursor: Option<String>,
    limit: Option<u16>,
}

/// The caller's own attempts to pay for an order, the newest first.
#[utoipa::path(
    get, path = "/api/payments", operation_id = "list_payments",
    params(
        ("order_id" = OrderId, Query),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100),
    ),
    responses(
        (status = 200, body = Page<PaymentView>),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "payments.list_payments", skip_all, fields(order.id = %query.order_id))]
pub(crate) async fn list_payments(
    State(state): State<Payments>,
    caller: Caller,
    ValidQuery(query): ValidQuery<OfOrder>,
) -> Result<Json<Page<PaymentView>>, Error> {
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let before: Option<PaymentId> = page.cursor.as_deref().map(str::parse).transpose().map_err(|_| CURSOR)?;
    let mut connection = state.pool.acquire().await?;
    let (order, limit) = (query.order_id, page.limit());
    let found = store::payments::list_own(&mut connection, order, caller.user, before, limit + 1).await?;
    let views = found.iter().map(payment_view).collect();
    Ok(Json(Page::cut(views, limit, |payment: &PaymentView| payment.id.to_string())))
}

const CURSOR: Error = Error::Malformed("The cursor is not one of ours");
