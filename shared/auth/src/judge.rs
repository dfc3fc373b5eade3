//! The decision: is this token accepted at this moment? Pure but for what the watchers have told it.

use crate::{
    Identity, Refusal,
    cache::VerifiedTokens,
    keys::Keys,
    lease::Lease,
    revocation::Revocations,
    token::{SIZE_MAX, Verified, Verifier},
};
use contracts::Timestamp;
use std::{sync::Arc, time::Duration};

/// All that an instance knows about identities.
#[derive(Debug)]
pub(crate) struct Judge {
    verifier: Verifier,
    cache: VerifiedTokens,
    pub(crate) keys: Keys,
    pub(crate) revocations: Revocations,
    pub(crate) lease: Lease,
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The wall clock, for tokens and revocations.
    pub(crate) wall: Timestamp,
    /// Time since the machine started, for the lease.
    pub(crate) boot: Duration,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self { wall: crate::boottime::wall(), boot: crate::boottime::now() }
    }
}

impl Judge {
    pub(crate) fn new(public_origin: &str) -> Self {
        Self {
            verifier: Verifier::new(public_origin),
            cache: VerifiedTokens::default(),
            keys: Keys::default(),
            revocations: Revocations::default(),
            lease: Lease::default(),
        }
    }

    /// Who the token says the caller is, if it is accepted now.
    pub(crate) fn check(&self, token: &str, now: Moment) -> Result<Identity, Refusal> {
        let verified = self.verified(token, now.wall)?;
        self.keys.find(&verified.kid, now.wall)?;
        if !verified.claims.is_alive(now.wall) {
            return Err(Refusal::TokenInvalid);
        }
        let identity = Identity::from(&verified.claims);
        self.recheck(&identity, now)?;
        Ok(identity)
    }

    /// Is somebody who was accepted still accepted?
    pub(crate) fn recheck(&self, identity: &Identity, now: Moment) -> Result<(), Refusal> {
        // The lease is read before the revocations: what it vouches for was applied before it was extended.
        let fresh = self.lease.holds(now.boot);
        if let Some(refusal) = self.revocations.refusal(identity, now.wall) {
            return Err(refusal);
        }
        if fresh { Ok(()) } else { Err(Refusal::Stale) }
    }

    fn verified(&self, token: &str, now: Timestamp) -> Result<Arc<Verified>, Refusal> {
        if token.len() > SIZE_MAX {
            return Err(Refusal::TokenInvalid);
        }
        let key = VerifiedTokens::key(token);
        if let Some(verified) = self.cache.get(&key) {
            return Ok(verified);
        }
        let verified = Arc::new(self.verifier.verify(token, &self.keys, now)?);
        self.cache.put(key, Arc::clone(&verified));
        Ok(verified)
    }
}

#[cfg(test)]
mod tests;
