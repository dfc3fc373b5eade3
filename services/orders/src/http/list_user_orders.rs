//! `GET /api/orders/admin/orders`: somebody's orders, for admins.

use super::openapi::{Forbidden, Malformed, Unauthenticated, Unavailable};
use crate::{error::Error, state::Orders, store};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, ids::UserId, orders::OrderView};
use serde::Deserialize;
use service::ValidQuery;
use utoipa::IntoParams;

/// Whose orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserOrdersQuery {
    /// The buyer.
    user: UserId,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100 items; 20 where absent.
    limit: Option<u16>,
}

/// A buyer's orders, the newest first.
#[utoipa::path(
    get, path = "/api/orders/admin/orders", operation_id = "list_user_orders", tag = "admin",
    params(UserOrdersQuery),
    responses(
        (status = 200, body = Page<OrderView>),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "orders.list_user_orders", skip_all, fields(user = %query.user))]
pub(crate) async fn list_user_orders(
    State(state): State<Orders>,
    _: Admin,
    ValidQuery(query): ValidQuery<UserOrdersQuery>,
) -> Result<Json<Page<OrderView>>, Error> {
    let UserOrdersQuery { user, cursor, limit } = query;
    let page = PageQuery { cursor, limit };
    let (before, limit) = (super::before(&page)?, page.limit());
    let mut connection = state.pool.acquire().await?;
    let found = store::orders::list_own(&mut connection, user, before, limit + 1).await?;
    let items = found.into_iter().map(OrderView::from).collect();
    Ok(Json(Page::cut(items, limit, |order| order.id.to_string())))
}
