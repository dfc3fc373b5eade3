//! `POST /api/payments`: reserve the money for an order.

use super::{
    openapi::{Conflict, Declined, Forbidden, Invalid, Malformed, NotFound, Unauthenticated, Unavailable},
    reply::Reply,
};
use crate::{
    error::Error,
    payment::Payment,
    provider::{Answer, OutcomeUnknown},
    settle,
    state::Payments,
    store::{self, orders::OrderCopy, requests::Earlier},
};
use auth::Caller;
use axum::{extract::State, http::StatusCode};
use contracts::{
    Timestamp,
    ids::{OrderId, PaymentId, UserId},
    orders::{CancelReason, OrderStatus},
    payments::{Pay, PaymentView},
};
use service::{IdempotencyKey, Valid};
use sqlx::PgConnection;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Who keeps the copies of orders.
pub(super) const COPIES: &str = "payments-order-copies";
/// How long an order whose copy may be under way is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked for.
pub(super) const POLL: Duration = Duration::from_millis(50);
/// An id of this age is unknown for good, unless the copies are behind.
const YOUNG_MS: u64 = 60_000;
/// A buyer's cards may be declined this often within [`DECLINED_WITHIN`], whatever they were for: more is guessing. A
/// hold that is extended or replaced is another order, so orders are not what is counted by.
const DECLINED_MAX: i64 = 10;
const DECLINED_WITHIN: Duration = Duration::from_hours(1);
/// The worker leaves a new attempt alone for the time of the call and this much more.
const GRACE: Duration = Duration::from_secs(1);

/// Reserves the money for an order of the caller; it is taken only when the order is confirmed in time. A repeated
/// request gets the answer of the first.
#[utoipa::path(
    post, path = "/api/payments", operation_id = "create_payment", request_body = Pay,
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Unique for this attempt to pay, the same for every try of it")),
    responses(
        (status = 201, body = PaymentView, description = "Reserved"),
        (status = 202, body = PaymentView, description = "A challenge comes first, or the outcome is not known yet"),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 402, response = Declined),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 409, response = Conflict),
        (status = 413, body = contracts::Problem, content_type = "application/problem+json"),
        (status = 415, body = contracts::Problem, content_type = "application/problem+json"),
        (status = 422, response = Invalid),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "payments.create_payment", skip_all, fields(order.id = %request.order_id, payment.id))]
pub(crate) async fn create_payment(
    State(state): State<Payments>,
    caller: Caller,
    key: IdempotencyKey,
    Valid(request): Valid<Pay>,
) -> Result<Reply, Error> {
    wait_for_copy(&state, request.order_id).await?;
    let payment = match begin(&state, &caller, &key.0, &request).await? {
        Begun::New(payment) => payment,
        Begun::Earlier(earlier) => return replay(&state, earlier, &request).await,
    };
    tracing::Span::current().record("payment.id", tracing::field::display(payment.id));
    let answer = state.gateway.authorize(&payment.authorization()).await;
    finish(&state, payment, answer).await
}

/// Waits a moment for an order whose copy may be under way: it is new, or the copies are behind.
async fn wait_for_copy(state: &Payments, order: OrderId) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        // Asked before the copy is looked for: what is handled between the two is found.
        let behind = state.backbone.is_behind(COPIES);
        let mut connection = state.pool.acquire().await?;
        if store::orders::is_known(&mut connection, order).await? {
            return Ok(());
        }
        drop(connection);
        if !behind && !is_young(order, state.clock.now()) {
            return Err(Error::NotFound);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Error::NotYetKnown);
        }
        sleep(POLL).await;
    }
}

/// Was it made a moment ago, if its id says when? One of the far future was made up.
fn is_young(order: OrderId, now: Timestamp) -> bool {
    let now_ms = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    order.made_at_ms().is_some_and(|made| made.abs_diff(now_ms) < YOUNG_MS)
}

enum Begun {
    New(Payment),
    Earlier(Earlier),
}

/// The first transaction: the attempt is written down before the provider hears of it.
async fn begin(state: &Payments, caller: &Caller, key: &str, request: &Pay) -> Result<Begun, Error> {
    let mut tx = state.pool.begin().await?;
    let order = store::orders::lock_own(&mut tx, request.order_id, caller.user).await?;
    let order = order.ok_or(Error::NotFound)?;
    if let Some(earlier) = store::requests::find(&mut tx, caller.user, key).await? {
        return Ok(Begun::Earlier(earlier));
    }
    payable(&order, state.clock.now())?;
    let now = state.clock.now();
    let declined = store::payments::count_declined(&mut tx, caller.user, now - DECLINED_WITHIN).await?;
    if declined >= DECLINED_MAX {
        return Err(Error::AttemptsExhausted);
    }
    let attempt = store::payments::next_attempt(&mut tx, order.id).await?;
    let payment = Payment::begin(service::new_id(), &order, attempt, request.method.clone(), now);
    let ask_in = state.gateway.timeout() + GRACE;
    match store::payments::insert(&mut tx, &payment, attempt, key, ask_in).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::Suspended),
        Err(error) => {
            drop(tx);
            return refused_by_rule(state, caller.user, key, error).await;
        }
    }
    state.authority.recheck(caller)?;
    tx.commit().await?;
    Ok(Begun::New(payment))
}

/// An order that awaits payment while its hold is alive. Orders judges the hold again, by its own clock.
fn payable(order: &OrderCopy, now: Timestamp) -> Result<(), Error> {
    match (order.status, order.cancel_reason) {
        (OrderStatus::AwaitingPayment, _) if now < order.expires_at && order.total.amount <= 0 => {
            Err(Error::StateConflict("The order costs nothing: there is nothing to pay"))
        }
        (OrderStatus::AwaitingPayment, _) if now < order.expires_at => Ok(()),
        (OrderStatus::AwaitingPayment, _) | (OrderStatus::Cancelled, Some(CancelReason::Expired)) => {
            Err(Error::HoldExpired)
        }
        (OrderStatus::Cancelled, _) => Err(Error::StateConflict("The order was cancelled")),
        (OrderStatus::Confirming | OrderStatus::Complete, _) => {
            Err(Error::StateConflict("The order is paid already"))
        }
        (OrderStatus::Refunded, _) => Err(Error::StateConflict("The order was refunded")),
    }
}

/// A unique rule of the table has the last word, whatever was looked up before.
async fn refused_by_rule(
    state: &Payments,
    buyer: UserId,
    key: &str,
    error: sqlx::Error,
) -> Result<Begun, Error> {
    match store::broken_rule(&error) {
        Some("payments_one_live" | "payments_attempt") => Err(Error::InProgress),
        // The same key at the same time for another order: the other order's row was locked, not ours.
        Some("payments_key") => {
            let mut connection = state.pool.acquire().await?;
            let earlier = store::requests::find(&mut connection, buyer, key).await?;
            Ok(Begun::Earlier(earlier.ok_or(Error::InProgress)?))
        }
        _ => Err(error.into()),
    }
}

/// The second transaction: what the provider said, and what the buyer is answered.
async fn finish(
    state: &Payments,
    payment: Payment,
    answer: Result<Answer, OutcomeUnknown>,
) -> Result<Reply, Error> {
    let mut tx = state.pool.begin().await?;
    let payment = match answer {
        Ok(answer) => settle::learn(&mut tx, payment.id, &answer, state.clock.now()).await?,
        Err(error) => {
            tracing::info!(%error, "the outcome is unknown: the worker asks");
            store::payments::postpone(&mut tx, &payment, Some(Duration::ZERO)).await?;
            payment
        }
    };
    let reply = answer_once(&mut tx, &payment).await?;
    tx.commit().await?;
    state.backbone.wake();
    state.work.notify_one();
    Ok(reply)
}

/// Answers with how the attempt stands, unless the request was answered before: then with that, for good.
async fn answer_once(connection: &mut PgConnection, payment: &Payment) -> Result<Reply, Error> {
    let reply = Reply::about(payment, StatusCode::CREATED)?;
    let status = reply.status.as_u16();
    let kept = store::requests::keep_answer(connection, payment.id, status, &reply.body).await?;
    Ok(Reply::kept(kept).unwrap_or(reply))
}

/// The answer of the first request with this key; it is waited for while the provider is still being asked.
async fn replay(state: &Payments, earlier: Earlier, request: &Pay) -> Result<Reply, Error> {
    if earlier.order_id != request.order_id || earlier.method != request.method {
        return Err(Error::KeyReused);
    }
    let patience = state.gateway.timeout() + GRACE;
    let begun = Instant::now();
    loop {
        if let Some(reply) = kept(state, earlier.id).await? {
            return Ok(reply);
        }
        if begun.elapsed() > patience {
            return late_reply(state, earlier.id).await;
        }
        sleep(POLL).await;
    }
}

async fn kept(state: &Payments, id: PaymentId) -> Result<Option<Reply>, Error> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::requests::answer(&mut connection, id).await?.and_then(Reply::kept))
}

/// The first request died before it could answer: this one answers in its place, for good.
async fn late_reply(state: &Payments, id: PaymentId) -> Result<Reply, Error> {
    let mut tx = state.pool.begin().await?;
    let payment = store::payments::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let reply = answer_once(&mut tx, &payment).await?;
    tx.commit().await?;
    Ok(reply)
}
