//! `GET /api/shows`: search upcoming shows, or list one's own.

use super::answers::{Always, Identified, Queried};
use crate::{
    cursor,
    error::Error,
    state::Tickets,
    store::show_cards::{self, Filter},
};
use auth::{Caller, Refusal};
use axum::{Json, extract::State};
use contracts::{
    Page, PageQuery,
    shows::{Category, Direction, ShowCard, ShowQuery},
};
use service::ValidQuery;

/// Upcoming published shows, the next first; with `organiser=mine` the caller's own, drafts included.
#[utoipa::path(
    get, path = "/api/shows", operation_id = "list_shows", tag = "shows",
    params(
        ("q" = Option<String>, Query, description = "Words in title, venue or city"),
        ("city" = Option<String>, Query, description = "City"),
        ("category" = Option<Category>, Query, description = "Category"),
        ("from" = Option<String>, Query, description = "Starts on or after this day at the venue, such as 2026-11-20, or at or after this instant"),
        ("to" = Option<String>, Query, description = "Starts on or before this day at the venue, or before this instant"),
        ("organiser" = Option<String>, Query, description = "`mine`: the caller's own"),
        ("order" = Option<String>, Query, pattern = "^(asc|desc)$", description = "By their start: `asc` where absent, or `desc`; the same on every page"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u16>, Query, description = "1 to 100 items; 20 where absent"),
    ),
    responses((status = 200, description = "One page", body = Page<ShowCard>), Always, Queried, Identified),
    security((), ("bearer" = []), ("cookie" = []))
)]
#[tracing::instrument(name = "tickets.list_shows", skip_all)]
pub(super) async fn list_shows(
    State(state): State<Tickets>,
    caller: Result<Caller, Refusal>,
    ValidQuery(query): ValidQuery<ShowQuery>,
) -> Result<Json<Page<ShowCard>>, Error> {
    let filter = filter(&query)?;
    let organiser = match query.organiser.as_deref() {
        None | Some("") => None,
        Some("mine") => Some(caller?.user),
        Some(_) => return Err(Error::Query("organiser can only be mine")),
    };
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    let shows = match organiser {
        Some(organiser) => show_cards::of_organiser(&mut db, organiser, &filter, now).await?,
        None => show_cards::upcoming(&mut db, &filter, now).await?,
    };
    Ok(Json(Page::cut(shows, filter.limit, cursor::of_show)))
}

/// Fields of a form that were left empty filter nothing.
fn filter(query: &ShowQuery) -> Result<Filter, Error> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let category = given(&query.category).map(|word| word.parse::<Category>()).transpose();
    let after = given(&query.cursor).map(|text| cursor::show(&text)).transpose()?;
    let page = PageQuery { cursor: None, limit: query.limit };
    Ok(Filter {
        words: query.q.as_deref().and_then(show_cards::words),
        city: given(&query.city).map(|city| city.trim().replace(char::is_control, "")),
        category: category.map_err(|_| Error::Query("category is not known"))?,
        from: query.from,
        to: query.to,
        after,
        direction: query.order.unwrap_or(Direction::Ascending),
        limit: page.limit(),
    })
}
