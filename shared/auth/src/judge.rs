//! The decision: is this token accepted at this moment? Pure but for what the watchers have told it.

use crate::{
    Identity, Refusal,
    cache::VerifiedTokens,
    keys::{KeyRefusal, Keys},
    lease::Lease,
    revocation::Revocations,
    token::{SIZE_MAX, Unverified, Verified, Verifier},
    verdict::verdict,
};
use contracts::Timestamp;
use std::{sync::Arc, time::Duration};

/// All that an instance knows about identities. An [`crate::Authority`] keeps one up to date from the bus; whoever has
/// another way to learn, or measures, may do so by hand.
#[derive(Debug)]
pub struct Judge {
    verifier: Verifier,
    cache: VerifiedTokens,
    /// The public keys.
    pub keys: Keys,
    /// Who is revoked.
    pub revocations: Revocations,
    /// Until when that is known.
    pub lease: Lease,
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The wall clock, for tokens and revocations.
    pub wall: Timestamp,
    /// Time since the machine started, for the lease.
    pub boot: Duration,
}

impl Moment {
    /// This one.
    pub fn now() -> Self {
        Self { wall: crate::boottime::wall(), boot: crate::boottime::now() }
    }
}

impl Judge {
    /// Knows nobody, and accepts nothing. The public origin is issuer and audience of tokens.
    pub fn new(public_origin: &str) -> Self {
        Self {
            verifier: Verifier::new(public_origin),
            cache: VerifiedTokens::default(),
            keys: Keys::default(),
            revocations: Revocations::default(),
            lease: Lease::default(),
        }
    }

    /// Who the token says the caller is, if it is accepted now.
    pub fn check(&self, token: &str, now: Moment) -> Result<Identity, Refusal> {
        let verified = self.verified(token, now.wall).map_err(|why| self.verdict_on(why, now))?;
        if !verified.claims.is_alive(now.wall) {
            return Err(Refusal::TokenInvalid);
        }
        let identity = verified.identity();
        self.recheck(&identity, now)?;
        Ok(identity)
    }

    /// Is somebody who was accepted still accepted?
    pub fn recheck(&self, identity: &Identity, now: Moment) -> Result<(), Refusal> {
        self.keys.find(&identity.kid, now.wall).map_err(|why| self.verdict_on(Unverified::Key(why), now))?;
        verdict(&self.lease, &self.revocations, identity, now.boot, now.wall)
    }

    /// Whoever is cut off may not have heard of a new key yet: that is no verdict on its tokens.
    fn verdict_on(&self, why: Unverified, now: Moment) -> Refusal {
        let cut_off = !self.lease.holds(now.boot);
        if cut_off && why == Unverified::Key(KeyRefusal::Unknown) { Refusal::Stale } else { why.into() }
    }

    fn verified(&self, token: &str, now: Timestamp) -> Result<Arc<Verified>, Unverified> {
        if token.len() > SIZE_MAX {
            return Err(Unverified::Invalid);
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
