//! `GET /api/shows/{id}/orders`: who bought, where it stands, and what it brought.

use super::openapi::{Forbidden, Malformed, NotFound, Unauthenticated, Unavailable};
use crate::{
    error::Error,
    state::Orders,
    store::sellers::{self, Scope},
    view::item_view,
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    Money, Page, PageQuery,
    ids::{ShowId, UserId},
    orders::{SellerOrderView, SellerOrders},
};
use service::{Id, ValidQuery};

/// Orders of a show: all of them for its organiser, those with own listings for another seller.
#[utoipa::path(
    get, path = "/api/shows/{id}/orders", operation_id = "list_show_orders",
    params(
        ("id" = ShowId, Path),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 100 items; 20 where absent"),
    ),
    responses(
        (status = 200, body = SellerOrders),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "orders.list_show_orders", skip_all, fields(show.id = %show))]
pub(crate) async fn list_show_orders(
    State(state): State<Orders>,
    caller: Caller,
    Id(show): Id<ShowId>,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> Result<Json<SellerOrders>, Error> {
    let before = super::cursor(query.cursor.as_deref())?;
    let limit = query.limit();
    let mut connection = state.pool.acquire().await?;
    let scope = match sellers::scope(&mut connection, show, caller.user).await?.ok_or(Error::NotFound)? {
        Scope { organiser: false, seller: false } => {
            return Err(Error::Forbidden("Only who sells tickets of this show sees its orders"));
        }
        scope => scope,
    };
    let sold = sellers::orders(&mut connection, show, caller.user, scope, before, limit + 1).await?;
    let takings = sellers::takings(&mut connection, show, caller.user).await?;
    let items = sold.into_iter().map(|sold| view(sold, caller.user, scope)).collect();
    let page = Page::cut(items, limit, |order: &SellerOrderView| order.id.to_string());
    Ok(Json(SellerOrders { items: page.items, next_cursor: page.next_cursor, takings }))
}

/// The order with the items that the caller may see, and what their own items bring them.
fn view(sold: sellers::Sold, seller: UserId, scope: Scope) -> SellerOrderView {
    let order = sold.order;
    let visible = |item: &&events::orders::OrderItem| scope.organiser || item.seller == seller;
    let net = order
        .items
        .iter()
        .filter(|item| item.seller == seller)
        .map(|item| {
            let count = i64::try_from(item.units.len()).unwrap_or(i64::MAX);
            (item.unit_price.amount - item.unit_fee.amount).saturating_mul(count)
        })
        .sum();
    SellerOrderView {
        id: order.id,
        buyer_name: sold.buyer_name,
        status: order.status(),
        cancel_reason: order.cancel_reason(),
        items: order.items.iter().filter(visible).map(item_view).collect(),
        total: order.total,
        net: Money::new(net, order.total.currency),
        payment_id: order.payment(),
        created_at: order.placed_at,
    }
}
