//! `GET /api/orders`: the caller's own orders.

use super::openapi::{Forbidden, Malformed, Unauthenticated, Unavailable};
use crate::{error::Error, state::Orders, store};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, orders::OrderView};
use service::ValidQuery;

/// The caller's own orders, the newest first.
#[utoipa::path(
    get, path = "/api/orders", operation_id = "list_orders",
    params(
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 100 items; 20 where absent"),
    ),
    responses(
        (status = 200, body = Page<OrderView>),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "orders.list_orders", skip_all)]
pub(crate) async fn list_orders(
    State(state): State<Orders>,
    caller: Caller,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<Page<OrderView>>, Error> {
    let before = super::before(&query)?;
    let limit = query.limit();
    let mut connection = state.pool.acquire().await?;
    let found = store::orders::list_own(&mut connection, caller.user, before, limit + 1).await?;
    let items = found.into_iter().map(OrderView::from).collect();
    Ok(Json(Page::cut(items, limit, |order| order.id.to_string())))
}
