//! `GET /api/shows/facets`: what upcoming shows can be filtered by.

use super::answers::Always;
use crate::{error::Error, state::Tickets, store};
use axum::{Json, extract::State};
use contracts::shows::ShowFacets;

/// The most cities of the answer.
const CITIES_MAX: i64 = 200;

/// Cities and categories of upcoming shows.
#[utoipa::path(
    get, path = "/api/shows/facets", operation_id = "get_facets", tag = "shows",
    responses((status = 200, description = "Cities and categories", body = ShowFacets), Always),
    security(())
)]
#[tracing::instrument(name = "tickets.get_facets", skip_all)]
pub(super) async fn get_facets(State(state): State<Tickets>) -> Result<Json<ShowFacets>, Error> {
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    let cities = store::shows::cities(&mut db, now, CITIES_MAX).await?;
    let mut categories = store::shows::categories(&mut db, now).await?;
    categories.sort_unstable();
    Ok(Json(ShowFacets { cities, categories }))
}
