//! `GET /api/tickets`: the caller's tickets.

use super::answers::{Always, Identified, Queried};
use crate::{
    cursor,
    error::Error,
    state::Tickets,
    store::ticket_views::{self, Owned},
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    Page, PageQuery,
    ids::OrderId,
    tickets::{TicketQuery, TicketView},
};
use service::ValidQuery;

/// The caller's tickets: those of upcoming shows first, the nearest first.
#[utoipa::path(
    get, path = "/api/tickets", operation_id = "list_tickets", tag = "tickets",
    params(
        ("order_id" = Option<OrderId>, Query, description = "Only those of this order"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 100 items; 20 where absent"),
    ),
    responses((status = 200, description = "One page", body = Page<TicketView>), Always, Queried, Identified),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.list_tickets", skip_all)]
pub(super) async fn list_tickets(
    State(state): State<Tickets>,
    caller: Caller,
    ValidQuery(query): ValidQuery<TicketQuery>,
) -> Result<Json<Page<TicketView>>, Error> {
    let TicketQuery { order_id, cursor, limit } = query;
    let page = PageQuery { cursor, limit };
    let given = page.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let after = given.map(cursor::ticket).transpose()?;
    // Later pages keep the first one's idea of what is upcoming.
    let now = after.map_or_else(|| state.clock.now(), |place| place.now);
    let owned = Owned { holder: caller.user, order: order_id };
    let mut db = state.pool.acquire().await?;
    let held = ticket_views::of_holder(&mut db, owned, now, after, page.limit()).await?;
    let Page { items, next_cursor } = Page::cut(held, page.limit(), |held| cursor::of_ticket(&held.place));
    let items = items.into_iter().map(|held| held.view(&state.codes)).collect();
    Ok(Json(Page { items, next_cursor }))
}
