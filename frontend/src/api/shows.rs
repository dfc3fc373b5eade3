//! Shows and listings: `/api/shows`, `/api/listings`.

use crate::{
    backend::{Api, IdempotencyKey},
    error::AppError,
};
use contracts::{
    Page,
    ids::{ListingId, ShowId},
    listings::{CreateListing, ListingView, UpdateListing},
    shows::{Availability, CreateShow, ShowCard, ShowFacets, ShowQuery, ShowView, UpdateShow},
};

/// `GET /api/shows`
pub async fn search(api: &Api, query: &ShowQuery) -> Result<Page<ShowCard>, AppError> {
    api.query("/api/shows", query).await
}

/// `GET /api/shows?organiser=mine`: has the visitor any show at all?
pub async fn has_any(api: &Api) -> Result<bool, AppError> {
    let any = ShowQuery { organiser: Some("mine".to_owned()), limit: Some(1), ..ShowQuery::default() };
    Ok(!search(api, &any).await?.items.is_empty())
}

/// `GET /api/shows/facets`: what upcoming shows can be filtered by.
pub async fn facets(api: &Api) -> Result<ShowFacets, AppError> {
    api.get("/api/shows/facets").await
}

/// `GET /api/shows/{id}`
pub async fn find(api: &Api, show: ShowId) -> Result<ShowView, AppError> {
    api.get(&format!("/api/shows/{show}")).await
}

/// `GET /api/shows/{id}/availability`
pub async fn availability(api: &Api, show: ShowId) -> Result<Availability, AppError> {
    api.get(&format!("/api/shows/{show}/availability")).await
}

/// Where the browser follows the availability of a show.
pub fn availability_stream(show: ShowId) -> String {
    format!("/api/shows/{show}/availability")
}

/// `POST /api/shows`
pub async fn create(api: &Api, request: &CreateShow, key: &IdempotencyKey) -> Result<ShowView, AppError> {
    api.create("/api/shows", request, key).await
}

/// `PATCH /api/shows/{id}`
pub async fn update(
    api: &Api,
    show: ShowId,
    request: &UpdateShow,
    version: i64,
) -> Result<ShowView, AppError> {
    api.patch(&format!("/api/shows/{show}"), request, version).await
}

/// `POST /api/shows/{id}/publish`
pub async fn publish(api: &Api, show: ShowId) -> Result<ShowView, AppError> {
    api.post(&format!("/api/shows/{show}/publish"), &()).await
}

/// `POST /api/shows/{id}/cancel`: refunds everyone.
pub async fn cancel(api: &Api, show: ShowId) -> Result<ShowView, AppError> {
    api.post(&format!("/api/shows/{show}/cancel"), &()).await
}

/// `POST /api/shows/{id}/listings`
pub async fn add_listing(
    api: &Api,
    show: ShowId,
    request: &CreateListing,
    key: &IdempotencyKey,
) -> Result<ListingView, AppError> {
    api.create(&format!("/api/shows/{show}/listings"), request, key).await
}

/// `PATCH /api/listings/{id}`
pub async fn update_listing(
    api: &Api,
    listing: ListingId,
    request: &UpdateListing,
    version: i64,
) -> Result<ListingView, AppError> {
    api.patch(&format!("/api/listings/{listing}"), request, version).await
}

/// `DELETE /api/listings/{id}`: a sold unit is never withdrawn.
pub async fn delete_listing(api: &Api, listing: ListingId) -> Result<(), AppError> {
    api.delete::<serde_json::Value>(&format!("/api/listings/{listing}")).await.map(drop)
}
