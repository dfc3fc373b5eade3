//! What a buyer is answered about an attempt to pay, in a form that can be kept and given again.

use crate::{error::Error, payment::Payment, view::payment_view};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use contracts::{Problem, ProblemCode, payments::PaymentStatus};
use serde_json::Value;
use service::ProblemResponse;

/// An answer: a payment, or the problem that its card was declined.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Reply {
    /// An answer that was kept. None where it is not one.
    pub(crate) fn kept((status, body): (i16, Value)) -> Option<Self> {
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok())?;
        Some(Self { status, body })
    }

    /// How the attempt stands: `settled` where its outcome is known, 202 where it is not, 402 where the card was
    /// declined.
    pub(crate) fn about(payment: &Payment, settled: StatusCode) -> Result<Self, Error> {
        let view = || serde_json::to_value(payment_view(payment));
        Ok(match payment.status {
            PaymentStatus::Pending | PaymentStatus::RequiresAction => {
                Self { status: StatusCode::ACCEPTED, body: view()? }
            }
            PaymentStatus::Declined => {
                let problem = Problem::new(ProblemCode::CardDeclined)
                    .detail("Your bank declined the card. Nothing was charged.")
                    .fact("payment_id", payment.id.to_string());
                Self { status: StatusCode::PAYMENT_REQUIRED, body: serde_json::to_value(problem)? }
            }
            PaymentStatus::Authorized
            | PaymentStatus::Captured
            | PaymentStatus::Voided
            | PaymentStatus::Failed
            | PaymentStatus::Refunded => Self { status: settled, body: view()? },
        })
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        if self.status == StatusCode::PAYMENT_REQUIRED
            && let Ok(problem) = serde_json::from_value::<Problem>(self.body.clone())
        {
            return ProblemResponse(problem).into_response();
        }
        (self.status, Json(self.body)).into_response()
    }
}
