//! `If-Match` where it need not be sent: an act that says itself what comes of it needs no version, but whoever
//! names one wants no other.

use crate::denied::Denied;
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use service::{IfMatch, ProblemResponse};

/// The version that the caller has seen, where they say so.
#[derive(Clone, Copy, Debug)]
pub(super) struct IfSent(Option<i64>);

impl IfSent {
    /// Refuses what was changed since the caller has seen it. To be asked only where there is something to do: the
    /// version that a repeated act names is from before the act.
    pub(super) fn check(self, version: i64) -> Result<(), Denied> {
        match self.0 {
            Some(seen) if seen != version => Err(Denied::Version(version)),
            Some(_) | None => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfSent {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(Self(None));
        }
        let IfMatch(version) = IfMatch::from_request_parts(parts, state).await?;
        Ok(Self(Some(version)))
    }
}
