//! What both paths do with what auth says: apply it, and note how far in auth's history this instance is.

use crate::{authority::Inner, pull::Position, revocation::Revocation};
use contracts::Timestamp;
use std::sync::PoisonError;

impl Inner {
    /// Learns a revocation; `true` where it is alive and said something new.
    pub(crate) fn learn(&self, revocation: &Revocation, now: Timestamp) -> bool {
        if revocation.expires_at <= now || !self.judge.revocations.apply(revocation) {
            return false;
        }
        self.changes.send_modify(|count| *count += 1);
        true
    }

    /// How far in auth's history this instance knows everything.
    pub(crate) fn position(&self) -> Option<Position> {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything up to there has been applied.
    pub(crate) fn knows_through(&self, position: Position) {
        let mut known = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(position.or_further(*known));
    }
}
