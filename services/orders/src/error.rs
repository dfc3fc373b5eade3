//! Every way in which a request can be refused, and the problem that says so.

use axum::response::{IntoResponse, Response};
use contracts::{
    FieldError, Problem, ProblemCode,
    ids::{ListingId, OrderId},
};
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
    #[error("the buyer is banned")]
    Suspended,
    #[error("not enough is left")]
    SoldOut(Vec<(ListingId, i64)>),
    #[error("others have it locked at this moment")]
    Contended,
    #[error("not on sale: {0}")]
    NotOnSale(&'static str),
    #[error("the buyer holds tickets in order {0}")]
    HoldExists(OrderId),
    #[error("one order is for one show and one currency")]
    MixedOrder(&'static str),
    #[error("fields are invalid")]
    Invalid(Vec<FieldError>),
    #[error("the key was used for another request")]
    KeyReused,
    #[error("the order is being confirmed")]
    Confirming,
    #[error("the state does not allow it: {0}")]
    StateConflict(&'static str),
    #[error("the cursor is not one of ours")]
    Cursor,
    #[error(transparent)]
    Refused(#[from] auth::Refusal),
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the fact cannot be published")]
    Publish(#[from] PublishError),
}

impl Error {
    /// Did the database break a tie of locks or versions at this request's cost? Then it is worth another try.
    pub(crate) fn is_contention(&self) -> bool {
        let (Self::Database(database) | Self::Publish(PublishError::Database(database))) = self else {
            return false;
        };
        let code = database.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // Serialisation failure, deadlock, and two requests that made the same row at once.
        matches!(code.as_deref(), Some("40001" | "40P01" | "23505"))
    }

    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::new(ProblemCode::NotFound),
            Self::NotYetKnown => Problem::new(ProblemCode::NotYetKnown),
            Self::Forbidden(detail) => Problem::new(ProblemCode::Forbidden).detail(*detail),
            Self::Suspended => Problem::new(ProblemCode::AccountSuspended),
            Self::SoldOut(left) => Problem::new(ProblemCode::SoldOut).fact("left", left_json(left)),
            Self::Contended => Problem::new(ProblemCode::Unavailable)
                .detail("Others are taking these tickets at this moment. Try again."),
            Self::NotOnSale(detail) => Problem::new(ProblemCode::NotOnSale).detail(*detail),
            Self::HoldExists(order) => {
                Problem::new(ProblemCode::HoldExists).fact("order_id", order.to_string())
            }
            Self::MixedOrder(detail) => Problem::new(ProblemCode::MixedOrder).detail(*detail),
            Self::Invalid(errors) => Problem::invalid(errors.clone()),
            Self::KeyReused => Problem::new(ProblemCode::IdempotencyKeyReused),
            Self::Confirming => Problem::new(ProblemCode::Confirming),
            Self::StateConflict(detail) => Problem::new(ProblemCode::StateConflict).detail(*detail),
            Self::Cursor => Problem::new(ProblemCode::Malformed).detail("The cursor is not one of ours"),
            Self::Refused(refusal) => Problem::from(refusal),
            Self::Database(cause) | Self::Publish(PublishError::Database(cause))
                if service::db::is_transient(cause) =>
            {
                tracing::warn!(error = %cause, "the database is not available");
                Problem::new(ProblemCode::Unavailable)
            }
            Self::Database(error) => service::problem::internal(error),
            Self::Publish(error) => service::problem::internal(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        ProblemResponse(self.problem()).into_response()
    }
}

fn left_json(left: &[(ListingId, i64)]) -> Vec<serde_json::Value> {
    left.iter().map(|(listing, left)| serde_json::json!({ "listing_id": listing, "left": left })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sold_out_says_what_is_left_of_each_listing() {
        let listing: ListingId = service::new_id();
        let problem = Error::SoldOut(vec![(listing, 2)]).problem();
        assert_eq!(problem.status, 409);
        assert_eq!(problem.facts["left"], serde_json::json!([{ "listing_id": listing, "left": 2 }]));
    }
}
