//! Every way in which a request can be refused, and the problem that says so.

use crate::passwords::PasswordError;
use axum::response::{IntoResponse, Response};
use contracts::{FieldError, Problem, ProblemCode, Timestamp};
use service::ProblemResponse;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("not found")]
    NotFound,
    #[error("the address or the password is wrong")]
    WrongCredentials,
    #[error("no refresh token was given")]
    Unauthenticated,
    #[error("the refresh token is not one of ours")]
    TokenInvalid,
    #[error("the session was ended")]
    SessionRevoked,
    #[error("the account is suspended")]
    Suspended { reason: String, until: Option<Timestamp> },
    #[error("an account with this address exists")]
    EmailTaken,
    #[error("this account cannot be suspended: {0}")]
    LastAdmin(&'static str),
    #[error("the state does not allow it: {0}")]
    StateConflict(&'static str),
    #[error("fields are invalid")]
    Invalid(Vec<FieldError>),
    #[error("the query cannot be read: {0}")]
    Query(&'static str),
    #[error(transparent)]
    Refused(#[from] auth::Refusal),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the signing keys cannot be read")]
    Keys(#[from] crate::signing_keys::KeyError),
    #[error("a token cannot be signed")]
    Sign(#[from] auth::issue::SignError),
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the fact cannot be published")]
    Publish(#[from] events::outbox::PublishError),
}

impl Error {
    /// One field is wrong.
    pub(crate) fn field(field: &str, code: &str, message: &str) -> Self {
        let (field, code, message) = (field.to_owned(), code.to_owned(), message.to_owned());
        Self::Invalid(vec![FieldError { field, code, message }])
    }

    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::new(ProblemCode::NotFound),
            Self::WrongCredentials => Problem::new(ProblemCode::WrongCredentials),
            Self::Unauthenticated => Problem::new(ProblemCode::Unauthenticated),
            Self::TokenInvalid => Problem::new(ProblemCode::TokenInvalid),
            Self::SessionRevoked => Problem::new(ProblemCode::SessionRevoked),
            Self::Suspended { reason, until } => {
                let problem = Problem::new(ProblemCode::AccountSuspended).detail(reason);
                match until {
                    Some(until) => problem.fact("until", until.to_rfc3339()),
                    None => problem,
                }
            }
            Self::EmailTaken => Problem::new(ProblemCode::EmailTaken),
            Self::LastAdmin(detail) => Problem::new(ProblemCode::LastAdmin).detail(*detail),
            Self::StateConflict(detail) => Problem::new(ProblemCode::StateConflict).detail(*detail),
            Self::Invalid(errors) => Problem::invalid(errors.clone()),
            Self::Query(detail) => Problem::new(ProblemCode::Malformed).detail(*detail),
            Self::Refused(refusal) => Problem::from(refusal),
            Self::Password(PasswordError::Busy) | Self::Database(sqlx::Error::PoolTimedOut) => {
                Problem::new(ProblemCode::Unavailable)
            }
            Self::Password(error) => service::problem::internal(error),
            Self::Keys(error) => service::problem::internal(error),
            Self::Sign(error) => service::problem::internal(error),
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

/// Did the statement break that constraint?
pub(crate) fn breaks(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.constraint() == Some(constraint))
}
