//! `POST /api/payments/{id}/confirm`: the buyer comes back from the challenge.

use super::{
    openapi::{Conflict, Declined, Forbidden, Invalid, Malformed, NotFound, Unauthenticated, Unavailable},
    reply::Reply,
};
use crate::{error::Error, payment::Payment, settle, state::Payments, store};
use auth::Caller;
use axum::{body::Bytes, extract::State, http::StatusCode};
use contracts::{
    FieldError,
    ids::PaymentId,
    orders::OrderStatus,
    payments::{ConfirmPayment, PaymentStatus, PaymentView},
};
use service::Id;
use std::time::Duration;

/// The worker leaves the payment alone for the time of the call and this much more.
const GRACE: Duration = Duration::from_secs(1);

/// Goes on after the challenge. Doing it again changes nothing: it says how the attempt stands.
#[utoipa::path(
    post, path = "/api/payments/{id}/confirm", operation_id = "confirm_payment",
    params(("id" = PaymentId, Path)),
    request_body(content = Option<ConfirmPayment>, description = "May be left out"),
    responses(
        (status = 200, body = PaymentView, description = "Reserved, or what became of it since"),
        (status = 202, body = PaymentView, description = "The outcome is not known yet"),
        (status = 400, response = Malformed),
        (status = 401, response = Unauthenticated),
        (status = 402, response = Declined),
        (status = 403, response = Forbidden),
        (status = 404, response = NotFound),
        (status = 409, response = Conflict),
        (status = 422, response = Invalid),
        (status = 503, response = Unavailable),
    )
)]
#[tracing::instrument(name = "payments.confirm_payment", skip_all, fields(payment.id = %id))]
pub(crate) async fn confirm_payment(
    State(state): State<Payments>,
    caller: Caller,
    Id(id): Id<PaymentId>,
    body: Bytes,
) -> Result<Reply, Error> {
    let passed = read(&body)?;
    let payment = match begin(&state, &caller, id).await? {
        Begun::Asked(payment) => payment,
        Begun::Settled(payment) => return Reply::about(&payment, StatusCode::OK),
    };
    let answer = state.gateway.confirm(&payment.key, passed).await;
    let mut tx = state.pool.begin().await?;
    let payment = match answer {
        Ok(answer) => settle::learn(&mut tx, id, &answer, state.clock.now()).await?,
        Err(error) => {
            tracing::info!(%error, "the outcome is unknown: the worker asks");
            store::payments::postpone(&mut tx, &payment, Some(Duration::ZERO)).await?;
            payment
        }
    };
    tx.commit().await?;
    state.backbone.wake();
    state.work.notify_one();
    Reply::about(&payment, StatusCode::OK)
}

/// Nothing, `null` or `{"passed": …}`.
fn read(body: &[u8]) -> Result<bool, Error> {
    if body.trim_ascii().is_empty() {
        return Ok(true);
    }
    let request: Result<Option<ConfirmPayment>, _> = serde_json::from_slice(body);
    match request {
        Ok(request) => Ok(request.and_then(|request| request.passed).unwrap_or(true)),
        Err(error) if error.is_data() => Err(Error::Invalid(FieldError {
            field: "passed".to_owned(),
            code: "invalid".to_owned(),
            message: "Say true or false".to_owned(),
        })),
        Err(_) => Err(Error::Malformed("The body is not JSON")),
    }
}

enum Begun {
    /// The provider is to be told.
    Asked(Payment),
    /// There is nothing to confirm.
    Settled(Payment),
}

/// Writes down that the provider is being asked, before it is.
async fn begin(state: &Payments, caller: &Caller, id: PaymentId) -> Result<Begun, Error> {
    let mut tx = state.pool.begin().await?;
    let found = store::payments::find_own(&mut tx, id, caller.user).await?.ok_or(Error::NotFound)?;
    // The order's row first, as everywhere.
    let order = store::orders::lock_own(&mut tx, found.order, caller.user).await?.ok_or(Error::NotFound)?;
    let payment = store::payments::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if payment.status != PaymentStatus::RequiresAction {
        return Ok(Begun::Settled(payment));
    }
    if order.status != OrderStatus::AwaitingPayment || state.clock.now() >= order.expires_at {
        return Err(Error::HoldExpired);
    }
    if store::copies::is_banned(&mut tx, caller.user).await? {
        return Err(Error::Suspended);
    }
    let asked = payment.confirm().map_err(|_| Error::StateConflict("There is nothing to confirm"))?;
    store::payments::save(&mut tx, &asked, state.gateway.timeout() + GRACE).await?;
    state.authority.recheck(caller)?;
    tx.commit().await?;
    Ok(Begun::Asked(asked))
}
