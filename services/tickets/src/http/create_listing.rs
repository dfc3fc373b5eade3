//! `POST /api/shows/{id}/listings`: offer tickets for a show.

use super::{
    answers::{Always, Conflicting, Identified, Keyed, Named},
    update_show::own,
};
use crate::{
    denied::Denied,
    error::Error,
    listing::Listing,
    state::Tickets,
    store::{self, facts, idempotency::Attempt},
};
use auth::Caller;
use axum::extract::State;
use contracts::{
    ids::ShowId,
    listings::{CreateListing, LISTINGS_MAX, ListingView},
};
use service::{Created, Id, IdempotencyKey, Valid};

/// Offers new tickets for the caller's own show. The price is net: the booking fee is added to it.
#[utoipa::path(
    post, path = "/api/shows/{id}/listings", operation_id = "create_listing", tag = "listings",
    params(
        ("id" = ShowId, Path, description = "The show"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "The same key gives the same answer")
    ),
    request_body = CreateListing,
    responses((status = 201, description = "The listing", body = ListingView), Always, Identified, Named, Keyed, Conflicting),
    security(("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.create_listing", skip_all, fields(show.id = %id))]
pub(super) async fn create_listing(
    State(state): State<Tickets>,
    caller: Caller,
    Id(id): Id<ShowId>,
    key: IdempotencyKey,
    Valid(request): Valid<CreateListing>,
) -> Result<Created<ListingView>, Error> {
    let attempt = Attempt::new(caller.user, &key, &format!("create_listing {id}"), &request)?;
    let mut tx = state.pool.begin().await?;
    if let Some(earlier) = attempt.earlier(&mut tx).await? {
        return Ok(Created(earlier));
    }
    // Locked, so that two first listings agree on one currency.
    let show = own(&mut tx, id, caller.user).await?;
    if store::listings::count_primary(&mut tx, id).await? >= LISTINGS_MAX {
        return Err(Denied::State("A show has at most 50 listings: withdraw one first.").into());
    }
    let currency = store::shows::currency(&mut tx, id).await?;
    let fee_percent = state.rules.booking_fee_percent;
    let changed = Listing::primary(service::new_id(), &show, request, fee_percent, currency)?;
    store::listings::insert(&mut tx, &changed.0).await?;
    facts::listing(&mut tx, &changed).await?;
    let view = store::listing_views::find(&mut tx, changed.0.id).await?;
    attempt.keep(&mut tx, &view).await?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(Created(view))
}
