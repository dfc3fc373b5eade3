//! Why a request is not answered as wished, and the problem that says so.

use crate::denied::Denied;
use auth::Refusal;
use axum::response::{IntoResponse, Response};
use contracts::{Problem, ProblemCode};
use events::outbox::PublishError;
use service::{ProblemResponse, db::is_transient, problem::internal};

/// Everything that can go wrong in a handler.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The caller's identity is not accepted (any more).
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A rule says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Unknown, or not the caller's to know.
    #[error("not found")]
    NotFound,
    /// Known, but somebody else's.
    #[error("only the organiser or the seller may do that")]
    NotYours,
    /// The copy of users says that the caller is banned.
    #[error("the caller is banned")]
    Banned,
    /// The query cannot be read; says which part.
    #[error("the query is not readable: {0}")]
    Query(&'static str),
    /// The `Idempotency-Key` was used before with another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The row was changed although it was locked: somebody forgot the lock.
    #[error("{0} was changed by somebody else meanwhile")]
    LostUpdate(&'static str),
    /// Work that goes on without its request ended without an outcome.
    #[error("the work ended without an outcome")]
    Unfinished,
    /// As many watch availability as this instance has room for.
    #[error("too many watch availability")]
    Crowded,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The fact could not be written.
    #[error("the fact could not be published")]
    Publish(#[from] PublishError),
    /// An answer could not be kept or read back.
    #[error("an answer could not be kept")]
    Answer(#[from] serde_json::Error),
    /// A QR code could not be drawn.
    #[error("the QR code could not be drawn")]
    Qr(#[from] qrcode::types::QrError),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::from(refusal),
            Error::Denied(denied) => denied.into(),
            Error::NotFound => Self::new(ProblemCode::NotFound),
            Error::NotYours => Self::new(ProblemCode::Forbidden).detail("It belongs to somebody else."),
            Error::Banned => Self::new(ProblemCode::AccountSuspended),
            Error::Query(part) => Self::new(ProblemCode::Malformed).detail(format!("The query: {part}")),
            Error::KeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            Error::Database(cause) | Error::Publish(PublishError::Database(cause)) if is_transient(cause) => {
                tracing::warn!(error = %cause, "the database is not available");
                Self::new(ProblemCode::Unavailable)
            }
            Error::Crowded => Self::new(ProblemCode::Unavailable).detail("Too many watch at this moment."),
            Error::LostUpdate(_)
            | Error::Unfinished
            | Error::Database(_)
            | Error::Publish(_)
            | Error::Answer(_)
            | Error::Qr(_) => internal(error),
        }
    }
}

impl From<&Denied> for Problem {
    fn from(denied: &Denied) -> Self {
        match denied {
            Denied::Invalid(errors) => Self::invalid(errors.clone()),
            Denied::State(why) => Self::new(ProblemCode::StateConflict).detail(*why),
            Denied::Version(version) => Self::new(ProblemCode::VersionConflict).fact("version", *version),
            Denied::AlreadyUsed(at) => {
                Self::new(ProblemCode::AlreadyUsed).fact("used_at", serde_json::json!(at))
            }
            Denied::WrongShow => Self::new(ProblemCode::WrongShow),
            Denied::TicketNotValid(why) => Self::new(ProblemCode::TicketNotValid).detail(*why),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            other => ProblemResponse(Problem::from(&other)).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_by_itself_is_unavailable_wherever_it_happens() {
        for error in [
            Error::Database(sqlx::Error::PoolTimedOut),
            Error::Publish(PublishError::Database(sqlx::Error::PoolTimedOut)),
        ] {
            assert_eq!(Problem::from(&error).code, ProblemCode::Unavailable, "{error}");
        }
        let ours = Error::Publish(PublishError::Database(sqlx::Error::RowNotFound));
        assert_eq!(Problem::from(&ours).code, ProblemCode::Internal);
    }
}
