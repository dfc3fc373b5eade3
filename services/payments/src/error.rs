//! Every way in which a request can be refused, and the problem that says so.

use crate::{payment::RefundError, provider::OutcomeUnknown, signature::BadSignature};
use axum::response::{IntoResponse, Response};
use contracts::{FieldError, Problem, ProblemCode};
use events::outbox::PublishError;
use service::ProblemResponse;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("not found")]
    NotFound,
    #[error("this copy does not know it yet")]
    NotYetKnown,
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    #[error("the caller is banned")]
    Suspended,
    #[error("the hold ran out")]
    HoldExpired,
    #[error("another attempt is under way")]
    InProgress,
    #[error("too many attempts were refused")]
    AttemptsExhausted,
    #[error("the state does not allow it: {0}")]
    StateConflict(&'static str),
    #[error("it cannot go back")]
    Refund(#[from] RefundError),
    #[error("the key was used for another request")]
    KeyReused,
    #[error("the body or the query is not readable: {0}")]
    Malformed(&'static str),
    #[error("a field is invalid")]
    Invalid(FieldError),
    #[error("the webhook is not believed")]
    Signature(#[from] BadSignature),
    #[error(transparent)]
    Refused(#[from] auth::Refusal),
    #[error("the payment was changed by somebody else although it was locked")]
    LostUpdate,
    #[error("the provider cannot be asked")]
    Provider(#[from] OutcomeUnknown),
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the fact cannot be published")]
    Publish(#[from] PublishError),
    #[error("an answer could not be kept")]
    Answer(#[from] serde_json::Error),
}

impl Error {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::new(ProblemCode::NotFound),
            Self::NotYetKnown => Problem::new(ProblemCode::NotYetKnown),
            Self::Forbidden(detail) => Problem::new(ProblemCode::Forbidden).detail(*detail),
            Self::Suspended => Problem::new(ProblemCode::AccountSuspended),
            Self::HoldExpired => Problem::new(ProblemCode::HoldExpired)
                .detail("The tickets are no longer held for you. Nothing was charged."),
            Self::InProgress => Problem::new(ProblemCode::PaymentInProgress),
            Self::AttemptsExhausted => Problem::new(ProblemCode::AttemptsExhausted).detail(
                "Ten of your attempts to pay were declined within the last hour. Nothing was charged. Try again \
                 in an hour.",
            ),
            Self::StateConflict(detail) => Problem::new(ProblemCode::StateConflict).detail(*detail),
            Self::Refund(error) => refund_problem(*error),
            Self::KeyReused => Problem::new(ProblemCode::IdempotencyKeyReused),
            Self::Malformed(detail) => Problem::new(ProblemCode::Malformed).detail(*detail),
            Self::Invalid(error) => Problem::invalid(vec![error.clone()]),
            Self::Signature(error) => Problem::new(ProblemCode::Malformed).detail(error.to_string()),
            Self::Refused(refusal) => Problem::from(refusal),
            Self::Database(cause) | Self::Publish(PublishError::Database(cause))
                if service::db::is_transient(cause) =>
            {
                tracing::warn!(error = %cause, "the database is not available");
                Problem::new(ProblemCode::Unavailable)
            }
            Self::Provider(error) => {
                tracing::warn!(%error, "the provider is not available");
                Problem::new(ProblemCode::Unavailable)
            }
            Self::LostUpdate | Self::Database(_) | Self::Publish(_) | Self::Answer(_) => {
                service::problem::internal(self)
            }
        }
    }
}

fn refund_problem(error: RefundError) -> Problem {
    let state = |detail: &str| Problem::new(ProblemCode::StateConflict).detail(detail);
    let field = |code: &str, message: &str| {
        Problem::invalid(vec![FieldError {
            field: "amount".to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }])
    };
    match error {
        RefundError::NotCaptured => state("No money was taken with this payment"),
        RefundError::NothingLeft => state("All of it has gone back already"),
        RefundError::Currency => field("wrong_currency", "Use the currency of the payment"),
        RefundError::TooMuch => field("out_of_range", "Enter no more than what is left of the payment"),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        ProblemResponse(self.problem()).into_response()
    }
}
