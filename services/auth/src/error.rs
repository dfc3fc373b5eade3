//! Every way in which a request can be refused, and the problem that says so.

use crate::{passwords::PasswordError, signing_keys::KeyError, totp::TotpError};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use contracts::{FieldError, Problem, ProblemCode, Timestamp};
use events::outbox::PublishError;
use service::ProblemResponse;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("not found")]
    NotFound,
    #[error("the address or the password is wrong")]
    WrongCredentials,
    #[error("too many wrong passwords: wait {seconds} s")]
    TooManyAttempts { seconds: u64 },
    #[error("asked too often: wait {seconds} s")]
    TooOften { seconds: u64 },
    #[error("the link of the mail is unknown, was used, or has run out")]
    LinkInvalid,
    #[error("too many wrong codes: wait {seconds} s")]
    TooManyCodes { seconds: u64 },
    #[error("the first step of signing in is not or no longer true")]
    ChallengeExpired,
    #[error("the passkey is not known, or did not sign what it was asked")]
    PasskeyRefused,
    #[error("who it is was proven too long ago")]
    ReauthenticationRequired,
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
    #[error("the key was used for another request")]
    KeyReused,
    #[error("the body is of another kind")]
    UnsupportedMediaType,
    #[error("the query cannot be read: {0}")]
    Query(&'static str),
    #[error(transparent)]
    Totp(#[from] TotpError),
    #[error(transparent)]
    Sealed(#[from] crate::sealed::SealError),
    #[error("passkeys cannot be asked for")]
    Webauthn(#[from] webauthn_rs::prelude::WebauthnError),
    #[error("what is kept of passkeys cannot be read or written")]
    Json(#[from] serde_json::Error),
    #[error("a QR code cannot be drawn")]
    Qr(#[from] qrcode::types::QrError),
    #[error(transparent)]
    Refused(#[from] auth::Refusal),
    #[error("the list of common passwords cannot be read")]
    PasswordList(#[from] std::io::Error),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the signing keys cannot be read")]
    Keys(#[from] KeyError),
    #[error("a token cannot be signed")]
    Sign(#[from] auth::issue::SignError),
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the fact cannot be published")]
    Publish(#[from] PublishError),
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
            Self::TooManyAttempts { .. } => Problem::new(ProblemCode::RateLimited)
                .detail("Too many wrong passwords for this account. Try again in a few minutes."),
            Self::TooOften { .. } => {
                Problem::new(ProblemCode::RateLimited).detail("Too many requests. Try again later.")
            }
            Self::LinkInvalid => Problem::new(ProblemCode::LinkInvalid)
                .detail("The link was used before, or has run out. Ask for a new one."),
            Self::TooManyCodes { .. } => Problem::new(ProblemCode::RateLimited)
                .detail("Too many wrong codes. Wait, or use a recovery code or a passkey."),
            Self::ChallengeExpired => Problem::new(ProblemCode::ChallengeExpired)
                .detail("That took too long, or the account has changed. Sign in from the beginning."),
            Self::PasskeyRefused => Problem::new(ProblemCode::WrongCredentials)
                .detail("That passkey does not work here. Try again, or use another way."),
            Self::ReauthenticationRequired => Problem::new(ProblemCode::ReauthenticationRequired),
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
            Self::KeyReused => Problem::new(ProblemCode::IdempotencyKeyReused),
            Self::UnsupportedMediaType => Problem::new(ProblemCode::UnsupportedMediaType),
            Self::Query(detail) => Problem::new(ProblemCode::Malformed).detail(*detail),
            Self::Refused(refusal) => Problem::from(refusal),
            Self::Password(PasswordError::Busy) => Problem::new(ProblemCode::Unavailable),
            Self::Database(error)
            | Self::Keys(KeyError::Database(error))
            | Self::Publish(PublishError::Database(error)) => of_database(error),
            Self::Password(error) => service::problem::internal(error),
            Self::PasswordList(error) => service::problem::internal(error),
            Self::Keys(error) => service::problem::internal(error),
            Self::Totp(error) => service::problem::internal(error),
            Self::Sealed(error) => service::problem::internal(error),
            Self::Webauthn(error) => service::problem::internal(error),
            Self::Json(error) => service::problem::internal(error),
            Self::Qr(error) => service::problem::internal(error),
            Self::Sign(error) => service::problem::internal(error),
            Self::Publish(error) => service::problem::internal(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = ProblemResponse(self.problem()).into_response();
        if let Self::TooManyAttempts { seconds }
        | Self::TooManyCodes { seconds }
        | Self::TooOften { seconds } = self
        {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What will pass is worth another try; what stays is our fault.
fn of_database(error: &sqlx::Error) -> Problem {
    if service::db::is_transient(error) {
        tracing::warn!(%error, "the database cannot be used for the moment");
        return Problem::new(ProblemCode::Unavailable);
    }
    service::problem::internal(error)
}

/// Did the statement break that constraint?
pub(crate) fn breaks(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.constraint() == Some(constraint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    fn status(error: Error) -> StatusCode {
        error.into_response().status()
    }

    #[test]
    fn a_database_that_is_away_for_a_moment_is_worth_another_try() {
        let away = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        for error in [away().into(), PublishError::Database(away()).into(), KeyError::Database(away()).into()]
        {
            assert_eq!(status(error), StatusCode::SERVICE_UNAVAILABLE);
        }
        assert_eq!(status(sqlx::Error::RowNotFound.into()), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn too_many_attempts_say_how_long_to_wait() {
        let response = Error::TooManyAttempts { seconds: 123 }.into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "123");
    }

    #[test]
    fn a_queue_of_passwords_that_is_full_says_when_to_come_back() {
        let response = Error::from(PasswordError::Busy).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }
}
