//! `GET /api/tickets/admin/listings`: what somebody offers and has offered, for admins.

use super::answers::{Always, Identified, Queried};
use crate::{error::Error, state::Tickets, store::listing_views};
use auth::Admin;
use axum::{Json, extract::State};
use contracts::{Page, PageQuery, ids::UserId, listings::SoldListing};
use serde::Deserialize;
use service::ValidQuery;
use utoipa::IntoParams;

/// Whose listings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UserListingsQuery {
    /// The seller.
    user: UserId,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100 items; 20 where absent.
    limit: Option<u16>,
}

/// A seller's listings, primary and resale, the newest first; hidden and withdrawn ones too.
#[utoipa::path(
    get, path = "/api/tickets/admin/listings", operation_id = "list_user_listings", tag = "admin",
    params(UserListingsQuery),
    responses((status = 200, description = "One page", body = Page<SoldListing>), Always, Queried, Identified),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.list_user_listings", skip_all, fields(user = %query.user))]
pub(super) async fn list_user_listings(
    State(state): State<Tickets>,
    _: Admin,
    ValidQuery(query): ValidQuery<UserListingsQuery>,
) -> Result<Json<Page<SoldListing>>, Error> {
    let UserListingsQuery { user, cursor, limit } = query;
    let page = PageQuery { cursor, limit };
    let before = page.before().map_err(|_| Error::Query("cursor is none of ours"))?;
    let limit = page.limit();
    let mut db = state.pool.acquire().await?;
    let sold = listing_views::of_seller(&mut db, user, before, limit + 1).await?;
    Ok(Json(Page::cut(sold, limit, |sold| sold.listing.id.to_string())))
}
