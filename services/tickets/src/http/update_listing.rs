//! `PATCH /api/listings/{id}`: change some fields of a listing.

use super::answers::{Always, Bodied, Identified, Named, Versioned};
use crate::{
    denied::Denied,
    error::Error,
    listing::Listing,
    show::Show,
    state::Tickets,
    store::{self, facts},
};
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{
    ids::{ListingId, UserId},
    listings::{ListingStatus, ListingView, UpdateListing},
};
use service::{Id, IfMatch, Valid};
use sqlx::PgConnection;

/// Changes some fields; absent ones stay. Orders already placed keep their price, sold units stay sold.
#[utoipa::path(
    patch, path = "/api/listings/{id}", operation_id = "update_listing", tag = "listings",
    params(
        ("id" = ListingId, Path, description = "The listing"),
        ("If-Match" = String, Header, pattern = "^\"[0-9]{1,18}\"$", description = "The version that the caller has seen, such as \"3\"")
    ),
    request_body = UpdateListing,
    responses((status = 200, description = "The listing as it is now", body = ListingView), Always, Identified, Named, Bodied, Versioned),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.update_listing", skip_all, fields(listing.id = %id))]
pub(super) async fn update_listing(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ListingId>,
    IfMatch(version): IfMatch,
    Valid(request): Valid<UpdateListing>,
) -> Result<Json<ListingView>, Error> {
    let mut tx = state.pool.begin().await?;
    let (show, listing) = own(&mut tx, id, caller.user).await?;
    if listing.version != version {
        return Err(Denied::Version(listing.version).into());
    }
    let changed = listing.edit(request, state.rules.booking_fee_percent, show.status)?;
    store::listings::update(&mut tx, &changed.0).await?;
    facts::listing(&mut tx, &changed).await?;
    let view = store::listing_views::find(&mut tx, id).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Json(view))
}

/// The caller's listing, locked for a change, with its show, and the caller not banned.
pub(super) async fn own(
    db: &mut PgConnection,
    id: ListingId,
    caller: UserId,
) -> Result<(Show, Listing), Error> {
    store::users::fence(db, caller).await?;
    let (show, _) = store::listings::owners(db, id).await?.ok_or(Error::NotFound)?;
    let show = store::shows::pin(db, show).await?.ok_or(Error::NotFound)?;
    let listing = store::listings::lock(db, id).await?.ok_or(Error::NotFound)?;
    if listing.seller == caller {
        return Ok((show, listing));
    }
    let known = show.is_visible_to(Some(caller)) && listing.status() == ListingStatus::OnSale;
    Err(if known { Error::NotYours } else { Error::NotFound })
}
