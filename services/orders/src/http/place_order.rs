//! `POST /api/orders`: hold tickets for the caller.

use super::{
    openapi::{Conflict, Forbidden, Invalid, Malformed, NotFound, Unauthenticated, Unavailable},
    patience::{self, Patience},
};
use crate::{
    error::Error,
    hold::{self, Ask, Placed},
    state::Orders,
    store::{copies, left},
    view::order_view,
};
use auth::Caller;
use axum::extract::State;
use contracts::{
    FieldError,
    ids::ListingId,
    orders::{OrderView, PlaceOrder},
};
use service::{Created, IdempotencyKey, Valid};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Who keeps the copies that a hold reads.
const COPIES: &[&str] = &["orders-listings", "orders-shows"];
/// How long is tried for what others have locked but may not keep.
const CONTENDED_FOR: Duration = Duration::from_secs(1);
/// Tries after deadlocks.
const TRIES: u32 = 8;

/// Holds tickets: all that is asked for, or nothing. A repeated request gets the answer of the first.
#[utoipa::path(
    post, path = "/api/orders", operation_id = "place_order", request_body = PlaceOrder,
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Unique for what the buyer wants, the same for every try")),
    responses(
        (status = 201, body = OrderView),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 409, response = Conflict),
        (status = 413, body = contracts::Problem, content_type = "application/problem+json"),
        (status = 415, body = contracts::Problem, content_type = "application/problem+json"),
        (status = 422, response = Invalid),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "orders.place_order", skip_all, fields(order.id))]
pub(crate) async fn place_order(
    State(state): State<Orders>,
    caller: Caller,
    key: IdempotencyKey,
    Valid(request): Valid<PlaceOrder>,
) -> Result<Created<OrderView>, Error> {
    let ask = Ask { buyer: caller.user, key: key.0, request };
    let patience = Patience::begin();
    let (mut tries, mut contended_since) = (0, None);
    loop {
        let behind = patience::is_behind(&state, COPIES);
        let refusal = match try_place(&state, &caller, &ask).await {
            Ok(Placed { order, show }) => {
                tracing::Span::current().record("order.id", tracing::field::display(order.id));
                metrics::counter!("orders_placed_total").increment(1);
                let now = order.placed_at;
                return Ok(Created(order_view(&order, show, now)));
            }
            Err(refusal) => refusal,
        };
        tries += 1;
        match refusal {
            Error::NotYetKnown => wait_for_copy(&state, &ask, (&patience, behind)).await?,
            Error::SoldOut(_) => return Err(sold_out(&state, &ask).await?),
            // Not what went before it counts, such as a wait for a copy, but only what others have locked.
            Error::Contended
                if contended_since.get_or_insert_with(Instant::now).elapsed() < CONTENDED_FOR =>
            {
                sleep(spread(&ask, tries)).await;
            }
            error if error.is_contention() && tries < TRIES => {
                tracing::info!(%error, tries, "trying the hold again");
            }
            error => return Err(error),
        }
    }
}

/// One transaction.
async fn try_place(state: &Orders, caller: &Caller, ask: &Ask) -> Result<Placed, Error> {
    let mut tx = state.pool.begin().await?;
    match hold::place(&mut tx, ask).await {
        Ok(placed) => {
            state.authority.recheck(caller)?;
            tx.commit().await?;
            state.backbone.wake();
            Ok(placed)
        }
        Err(refusal) => {
            tx.rollback().await?;
            Err(refusal)
        }
    }
}

/// Waits a moment where the copies may soon know all the listings, and their show.
///
/// `behind` was asked before they were looked at.
async fn wait_for_copy(
    state: &Orders,
    ask: &Ask,
    (patience, behind): (&Patience, bool),
) -> Result<(), Error> {
    let listings: Vec<ListingId> = ask.request.items.iter().map(|item| item.listing_id).collect();
    let known = copies::known_listings(&mut *state.pool.acquire().await?, &listings).await?;
    let missing = listings.iter().filter(|id| !known.contains(id)).map(|id| id.made_at_ms());
    patience.wait(behind, missing).await
}

/// Buyers who met each other half-way must not meet again: each waits for a time of its own.
fn spread(ask: &Ask, tries: u32) -> Duration {
    let own = ask.buyer.uuid().as_u64_pair().1 % 16;
    Duration::from_millis(u64::from(tries.min(TRIES)) * (4 + own))
}

/// Says what is left, or which seats there never were.
async fn sold_out(state: &Orders, ask: &Ask) -> Result<Error, Error> {
    let mut connection = state.pool.acquire().await?;
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (index, item) in ask.request.items.iter().enumerate() {
        let seats = item.seats.as_deref().unwrap_or_default();
        all.push((item.listing_id, left::of(&mut connection, item.listing_id).await?));
        let unknown = left::unknown_seats(&mut connection, item.listing_id, seats).await?;
        errors.extend(unknown.into_iter().map(|seat| unknown_seat(index, &seat)));
    }
    if !errors.is_empty() {
        return Ok(Error::Invalid(errors));
    }
    metrics::counter!("orders_sold_out_total").increment(1);
    Ok(Error::SoldOut(all))
}

fn unknown_seat(index: usize, seat: &str) -> FieldError {
    FieldError {
        field: format!("items.{index}.seats"),
        code: "unknown_seat".to_owned(),
        message: format!("There is no seat {seat}"),
    }
}
