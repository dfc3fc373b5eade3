//! `GET /api/shows/{id}/orders`: who bought, where it stands, and what it brought.

use super::{
    openapi::{Forbidden, Malformed, NotFound, Unauthenticated, Unavailable},
    patience::{self, Patience},
};
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
use events::orders::OrderItem;
use service::{Id, ValidQuery};

/// Who keeps the copy of shows.
const COPIES: &[&str] = &["orders-shows"];

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
    let before = super::before(&query)?;
    let limit = query.limit();
    let scope = match scope(&state, show, caller.user).await? {
        Scope { organiser: false, seller: false } => {
            return Err(Error::Forbidden("Only who sells tickets of this show sees its orders"));
        }
        scope => scope,
    };
    let mut connection = state.pool.acquire().await?;
    let sold = sellers::orders(&mut connection, show, caller.user, scope, before, limit + 1).await?;
    let takings = sellers::takings(&mut connection, show, caller.user).await?;
    let items = sold.into_iter().map(|sold| view(sold, caller.user, scope)).collect();
    let page = Page::cut(items, limit, |order: &SellerOrderView| order.id.to_string());
    Ok(Json(SellerOrders { items: page.items, next_cursor: page.next_cursor, takings }))
}

/// What the caller is to the show. One that is not known here yet is waited for.
async fn scope(state: &Orders, show: ShowId, caller: UserId) -> Result<Scope, Error> {
    let patience = Patience::begin();
    loop {
        // Asked before the show is looked for: what is handled between the two is found.
        let behind = patience::is_behind(state, COPIES);
        let found = sellers::scope(&mut *state.pool.acquire().await?, show, caller).await?;
        match found {
            Some(scope) => return Ok(scope),
            None => patience.wait(behind, [show.made_at_ms()]).await?,
        }
    }
}

/// The order as far as the caller may see it: all of it as its organiser, what they sold as another seller.
fn view(sold: sellers::Sold, seller: UserId, scope: Scope) -> SellerOrderView {
    let order = sold.order;
    let visible: Vec<&OrderItem> =
        order.items.iter().filter(|item| scope.organiser || item.seller == seller).collect();
    let whole = visible.len() == order.items.len();
    let own = order.items.iter().filter(|item| item.seller == seller);
    let net = own.map(|item| times(item.unit_price.amount - item.unit_fee.amount, item)).sum();
    let total = visible.iter().map(|item| times(item.unit_price.amount, item)).sum();
    let amount = |amount| Money::new(amount, order.total.currency);
    SellerOrderView {
        id: order.id,
        buyer_name: sold.buyer_name,
        status: order.status(),
        cancel_reason: order.cancel_reason(),
        items: visible.iter().map(|item| item_view(item)).collect(),
        total: amount(total),
        net: amount(net),
        refunded: Some(part(order.refunded.amount, total, order.total.amount))
            .filter(|part| *part > 0)
            .map(amount),
        payment_id: order.payment().filter(|_| whole),
        created_at: order.placed_at,
    }
}

fn times(amount: i64, item: &OrderItem) -> i64 {
    amount.saturating_mul(i64::try_from(item.units.len()).unwrap_or(i64::MAX))
}

/// How much of what went back of the whole falls to a share of it.
fn part(refunded: i64, share: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let part = i128::from(refunded) * i128::from(share) / i128::from(whole);
    i64::try_from(part).unwrap_or(refunded)
}
