//! Everything that may go wrong for a page: a closed list.

use contracts::{FieldError, Problem, ProblemCode, Timestamp};

/// Why a page or a form could not have what it asked of a service.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in")]
    Unauthenticated,
    /// The account is suspended.
    #[error("the account is suspended")]
    Suspended {
        /// As the person is told; empty where the service that refused does not know it.
        reason: String,
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
    /// Known, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// They must prove anew who they are.
    #[error("must prove anew who they are")]
    ReauthenticationRequired,
    /// Their role needs a second factor.
    #[error("needs a second factor")]
    SecondFactorRequired,
    /// Unknown, or not theirs to know.
    #[error("not found")]
    NotFound,
    /// The state does not allow it; `code` says which rule.
    #[error("refused: {0}")]
    Conflict(Box<Problem>),
    /// The address, or what was sent, cannot be read.
    #[error("cannot be read")]
    BadRequest,
    /// Fields are invalid.
    #[error("fields are invalid")]
    Invalid(Vec<FieldError>),
    /// The copy that was asked does not know the id yet.
    #[error("not known yet")]
    NotYetKnown {
        /// Seconds.
        retry_after: u32,
    },
    /// Nobody can tell who is banned right now, so nobody is let in.
    #[error("identity cannot be checked")]
    Stale {
        /// Seconds.
        retry_after: u32,
    },
    /// A service does not answer.
    #[error("not available")]
    Unavailable {
        /// Seconds.
        retry_after: u32,
    },
    /// Too many requests.
    #[error("too many requests")]
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// Our fault.
    #[error("broken")]
    Broken {
        /// Finds it in the logs.
        request_id: Option<String>,
    },
}

/// How long to wait where a service does not say.
const RETRY_AFTER_S: u32 = 2;

impl AppError {
    /// What a service's problem means for a page.
    pub fn from_problem(problem: Problem, retry_after: Option<u32>) -> Self {
        use ProblemCode as Code;
        let retry_after = retry_after.unwrap_or(RETRY_AFTER_S);
        match problem.code {
            Code::Unauthenticated | Code::TokenInvalid | Code::SessionRevoked => Self::Unauthenticated,
            Code::AccountSuspended => {
                let until = problem.facts.get("until").and_then(|until| until.as_str()?.parse().ok());
                Self::Suspended { reason: problem.detail.unwrap_or_default(), until }
            }
            Code::Forbidden | Code::CrossSite => Self::Forbidden,
            Code::ReauthenticationRequired => Self::ReauthenticationRequired,
            Code::SecondFactorRequired => Self::SecondFactorRequired,
            Code::NotFound => Self::NotFound,
            Code::Invalid => Self::Invalid(problem.errors),
            Code::Malformed => Self::BadRequest,
            Code::WrongCredentials
            | Code::ChallengeExpired
            | Code::CardDeclined
            | Code::SoldOut
            | Code::NotOnSale
            | Code::HoldExists
            | Code::HoldExpired
            | Code::Confirming
            | Code::PaymentInProgress
            | Code::AttemptsExhausted
            | Code::VersionConflict
            | Code::AlreadyUsed
            | Code::WrongShow
            | Code::TicketNotValid
            | Code::StateConflict
            | Code::EmailTaken
            | Code::LinkInvalid
            | Code::LastAdmin
            | Code::MixedOrder
            | Code::IdempotencyKeyReused => Self::Conflict(Box::new(problem)),
            Code::NotYetKnown => Self::NotYetKnown { retry_after },
            Code::RevocationsStale => Self::Stale { retry_after },
            Code::Unavailable => Self::Unavailable { retry_after },
            Code::RateLimited => Self::TooMany { retry_after },
            Code::IdempotencyKeyInvalid
            | Code::MethodNotAllowed
            | Code::TooLarge
            | Code::UnsupportedMediaType
            | Code::PreconditionRequired
            | Code::Internal => Self::Broken { request_id: problem.request_id },
        }
    }

    /// The status of a page that shows nothing but this.
    pub const fn status(&self) -> http::StatusCode {
        use http::StatusCode as Status;
        match self {
            Self::Unauthenticated => Status::UNAUTHORIZED,
            Self::Suspended { .. }
            | Self::Forbidden
            | Self::ReauthenticationRequired
            | Self::SecondFactorRequired => Status::FORBIDDEN,
            Self::NotFound => Status::NOT_FOUND,
            Self::BadRequest => Status::BAD_REQUEST,
            Self::Conflict(_) => Status::CONFLICT,
            Self::Invalid(_) => Status::UNPROCESSABLE_ENTITY,
            Self::NotYetKnown { .. } | Self::Stale { .. } | Self::Unavailable { .. } => {
                Status::SERVICE_UNAVAILABLE
            }
            Self::TooMany { .. } => Status::TOO_MANY_REQUESTS,
            Self::Broken { .. } => Status::INTERNAL_SERVER_ERROR,
        }
    }

    /// In how many seconds the same may work.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::NotYetKnown { retry_after }
            | Self::Stale { retry_after }
            | Self::Unavailable { retry_after }
            | Self::TooMany { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// Is it nobody's fault who entered something?
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Broken { .. }) || self.retry_after().is_some()
    }

    /// The code of a conflict.
    pub fn conflict(&self) -> Option<ProblemCode> {
        if let Self::Conflict(problem) = self { Some(problem.code) } else { None }
    }

    /// One or two sentences for people: what happened, what to do.
    pub fn message(&self) -> String {
        match self {
            Self::Unauthenticated => "Sign in again to go on.".to_owned(),
            Self::Suspended { reason, .. } if reason.is_empty() => "Your account is suspended.".to_owned(),
            Self::Suspended { reason, .. } => format!("Your account is suspended: {reason}"),
            Self::Forbidden => "Your account may not do this.".to_owned(),
            Self::ReauthenticationRequired => "Confirm that it is you first.".to_owned(),
            Self::SecondFactorRequired => "Admins need a second factor. Add one to your account first.".to_owned(),
            Self::NotFound => "That is not here, or no longer.".to_owned(),
            // Somebody changed a form after it had been sent, and the first one did arrive.
            Self::Conflict(problem) if problem.code == ProblemCode::IdempotencyKeyReused => {
                "This form was received before, with other values. Look whether that was done; if you want this too, send it once more."
                    .to_owned()
            }
            Self::Conflict(problem) => {
                problem.detail.clone().unwrap_or_else(|| format!("{}.", problem.title))
            }
            Self::BadRequest => "Some of it could not be read, so nothing was done.".to_owned(),
            Self::Invalid(_) => "Some of it needs another look.".to_owned(),
            Self::NotYetKnown { .. } => {
                "This is so new that it has not arrived here yet. Try again.".to_owned()
            }
            Self::Stale { .. } => {
                "We cannot check right now who is signed in, so nothing was done. Try again in a moment."
                    .to_owned()
            }
            Self::Unavailable { .. } => {
                "The service for this did not answer. Nothing is lost; try again in a moment.".to_owned()
            }
            Self::TooMany { retry_after } => {
                format!("Too many attempts in a short time. Try again in {}.", wait(*retry_after))
            }
            Self::Broken { request_id: Some(id) } => {
                format!("That broke, and it was us. Quote {id} if you write to us.")
            }
            Self::Broken { request_id: None } => "That broke, and it was us.".to_owned(),
        }
    }
}

/// A wait as one would say it; never shorter than it is.
fn wait(seconds: u32) -> String {
    let (count, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7199 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3600), "hour"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_said_in_few_digits_and_never_too_short() {
        assert_eq!([1, 60, 119].map(wait), ["1 second", "60 seconds", "119 seconds"]);
        assert_eq!([120, 3379, 7199].map(wait), ["2 minutes", "57 minutes", "120 minutes"]);
        assert_eq!([7200, 76_800].map(wait), ["2 hours", "22 hours"]);
    }

    #[test]
    fn every_code_means_something_that_keeps_its_status() {
        for code in ProblemCode::ALL {
            let error = AppError::from_problem(Problem::new(*code), Some(7));
            let kept = error.status().as_u16() / 100 == code.status() / 100
                || matches!(error, AppError::Broken { .. });
            assert!(kept || matches!(error, AppError::Conflict(_)), "{code}");
            assert!(!error.message().is_empty());
        }
    }
}
