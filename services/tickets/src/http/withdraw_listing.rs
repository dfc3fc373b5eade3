//! `DELETE /api/listings/{id}`: end a listing for good.

use super::{
    answers::{Always, Guarded, Identified, Named},
    if_sent::IfSent,
    update_listing::own,
};
use crate::{
    denied::Denied,
    error::Error,
    state::Tickets,
    store::{self, facts},
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{ids::ListingId, listings::ListingView};
use service::Id;

/// Ends a listing for good; a sold unit is never withdrawn. Doing it again changes nothing.
#[utoipa::path(
    delete, path = "/api/listings/{id}", operation_id = "withdraw_listing", tag = "listings",
    params(
        ("id" = ListingId, Path, description = "The listing"),
        ("If-Match" = Option<String>, Header, pattern = "^\"[0-9]{1,18}\"$", description = "Only where this is still the version, such as \"3\"")
    ),
    responses((status = 200, description = "The listing as it is now", body = ListingView), Always, Identified, Named, Guarded),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.withdraw_listing", skip_all, fields(listing.id = %id))]
pub(super) async fn withdraw_listing(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ListingId>,
    seen: IfSent,
) -> Result<Json<ListingView>, Error> {
    let mut tx = state.pool.begin().await?;
    let (_, listing) = own(&mut tx, id, caller.user).await?;
    if !listing.withdrawn {
        seen.check(listing.version)?;
        if listing.resale_of.is_some() {
            return Err(Denied::State("Withdraw the resale of the ticket instead.").into());
        }
        facts::save_listings(&mut tx, &[listing.withdraw()]).await?;
    }
    let view = store::listing_views::find(&mut tx, id).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Json(view))
}
