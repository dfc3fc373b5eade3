//! `POST /api/payments/{id}/refunds`: the seller or an admin sends money back.

use super::{
    create_payment::{COPIES, PATIENCE, POLL},
    openapi::{Conflict, Forbidden, Invalid, Malformed, NotFound, Unauthenticated, Unavailable},
};
use crate::{
    error::Error,
    payment::Payment,
    settle,
    state::Payments,
    store::{
        self,
        refunds::{Asked, Refund},
    },
    view::refund_view,
};
use auth::Caller;
use axum::extract::State;
use contracts::{
    auth::Role,
    ids::PaymentId,
    payments::{RefundView, RequestRefund},
};
use service::{Created, Id, IdempotencyKey, Valid};
use sqlx::PgConnection;
use tokio::time::{Instant, sleep};

/// Sends money back: an amount, or all that is left. Never more than was taken. A repeated request gets the answer
/// of the first.
#[utoipa::path(
    post, path = "/api/payments/{id}/refunds", operation_id = "refund_payment", request_body = RequestRefund,
    params(
        ("id" = PaymentId, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
            description = "Unique for this refund, the same for every try of it")
    ),
    responses(
        (status = 201, body = RefundView),
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
#[tracing::instrument(name = "payments.refund_payment", skip_all, fields(payment.id = %id))]
pub(crate) async fn refund_payment(
    State(state): State<Payments>,
    caller: Caller,
    Id(id): Id<PaymentId>,
    key: IdempotencyKey,
    Valid(request): Valid<RequestRefund>,
) -> Result<Created<RefundView>, Error> {
    let fresh = are_fresh(&state).await;
    let mut tx = state.pool.begin().await?;
    // The lock also makes two requests of one key come one after the other.
    let payment = store::payments::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    may_refund(&mut tx, &caller, &payment).await?;
    if let Some((refund, amount)) = store::refunds::find_asked(&mut tx, caller.user, &key.0).await? {
        return replay(refund, amount, id, &request);
    }
    if !fresh {
        return Err(Error::NotYetKnown);
    }
    if store::orders::is_resold(&mut tx, payment.order).await? {
        return Err(Error::StateConflict(
            "A ticket of this order was resold, or somebody is buying it now. It can be refunded once that order is.",
        ));
    }
    let asked = Asked { by: caller.user, key: key.0, amount: request.amount };
    let now = state.clock.now();
    let refund =
        settle::refund_asked(&mut tx, &payment, request.reason.trim(), &asked, now).await.map_err(reused)?;
    state.authority.recheck(&caller)?;
    tx.commit().await?;
    state.work.notify_one();
    Ok(Created(refund_view(refund)))
}

/// Is what orders has said by now known here, so that a resold ticket is seen? Waits a moment for what is under way.
async fn are_fresh(state: &Payments) -> bool {
    let begun = Instant::now();
    while state.backbone.is_behind(COPIES) {
        if begun.elapsed() > PATIENCE {
            return false;
        }
        sleep(POLL).await;
    }
    true
}

/// Whoever sold all of it, and admins. Its buyer may know of it; for everybody else there is no such payment.
async fn may_refund(connection: &mut PgConnection, caller: &Caller, payment: &Payment) -> Result<(), Error> {
    if caller.role == Role::Admin {
        return Ok(());
    }
    let order = store::orders::find(connection, payment.order).await?.ok_or(Error::NotFound)?;
    if order.is_sold_by(caller.user) {
        return Ok(());
    }
    if order.is_partly_sold_by(caller.user) {
        return Err(Error::Forbidden("Others sold a part of it too: ask an admin"));
    }
    if payment.buyer == caller.user {
        return Err(Error::Forbidden("Only the seller or an admin sends money back"));
    }
    Err(Error::NotFound)
}

/// The first answer: a refund begins as pending, whatever became of it since.
fn replay(
    refund: Refund,
    amount: Option<i64>,
    payment: PaymentId,
    request: &RequestRefund,
) -> Result<Created<RefundView>, Error> {
    let same = refund.payment == payment
        && refund.reason == request.reason.trim()
        && amount == request.amount.map(|amount| amount.amount)
        && request.amount.is_none_or(|amount| amount.currency == refund.amount.currency);
    if !same {
        return Err(Error::KeyReused);
    }
    let mut view = refund_view(refund);
    view.status = contracts::payments::RefundStatus::Pending;
    Ok(Created(view))
}

/// The same key at the same time for another payment.
fn reused(error: Error) -> Error {
    match &error {
        Error::Database(cause) if store::broken_rule(cause) == Some("refunds_key") => Error::KeyReused,
        _ => error,
    }
}
