//! Why a request is refused, and the response that says so.

use axum::response::{IntoResponse, Response};
use contracts::{Problem, ProblemCode};
use http::{HeaderValue, StatusCode, header};

/// Why an identity is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No token was given.
    #[error("no identity was given")]
    Unauthenticated,
    /// The token is not one of ours, or has ended.
    #[error("the token is not valid or has expired")]
    TokenInvalid,
    /// The session was ended, or the user's tokens of this generation were.
    #[error("the session was ended")]
    SessionRevoked,
    /// The user was banned.
    #[error("the account is suspended")]
    AccountSuspended,
    /// Known, but not allowed.
    #[error("the role does not allow it")]
    Forbidden,
    /// The account's role would allow it, but its session has not proven a second factor.
    #[error("the role needs a second factor")]
    SecondFactorRequired,
    /// An unsafe request with a cookie that our own pages did not make.
    #[error("the request came from another site")]
    CrossSite,
    /// This instance cannot know who is revoked.
    #[error("revocations may be out of date")]
    Stale,
    /// No public key has been loaded yet.
    #[error("no signing keys are known yet")]
    NoKeys,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 9] = [
        Self::Unauthenticated,
        Self::TokenInvalid,
        Self::SessionRevoked,
        Self::AccountSuspended,
        Self::Forbidden,
        Self::SecondFactorRequired,
        Self::CrossSite,
        Self::Stale,
        Self::NoKeys,
    ];

    /// The word for programs.
    pub const fn code(self) -> ProblemCode {
        match self {
            Self::Unauthenticated => ProblemCode::Unauthenticated,
            Self::TokenInvalid => ProblemCode::TokenInvalid,
            Self::SessionRevoked => ProblemCode::SessionRevoked,
            Self::AccountSuspended => ProblemCode::AccountSuspended,
            Self::Forbidden => ProblemCode::Forbidden,
            Self::SecondFactorRequired => ProblemCode::SecondFactorRequired,
            Self::CrossSite => ProblemCode::CrossSite,
            Self::Stale => ProblemCode::RevocationsStale,
            Self::NoKeys => ProblemCode::Unavailable,
        }
    }

    /// What `WWW-Authenticate` says: why, where there was a token (RFC 6750, 3).
    const fn challenge(self) -> &'static str {
        match self {
            Self::Unauthenticated => "Bearer",
            _ => "Bearer error=\"invalid_token\"",
        }
    }

    /// After how many seconds it is worth trying again.
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::Stale | Self::NoKeys => Some(1),
            Self::Unauthenticated
            | Self::TokenInvalid
            | Self::SessionRevoked
            | Self::AccountSuspended
            | Self::Forbidden
            | Self::SecondFactorRequired
            | Self::CrossSite => None,
        }
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        Self::new(refusal.code())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::from(&refusal)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem::from(self);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        metrics::counter!("auth_refusals_total", "code" => problem.code.as_str()).increment(1);
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-problem-code", HeaderValue::from_static(problem.code.as_str()));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(self.challenge()));
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // The service's layers find it there and add the request's id.
        response.extensions_mut().insert(problem);
        response
    }
}
