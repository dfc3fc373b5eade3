//! Tokens that were verified before, so that a request costs no signature check.
//!
//! Only what never changes is remembered. Time, key, revocation and lease are checked after the cache, each time.

use crate::token::Verified;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Tokens in one of the two halves.
const HALF_MAX: usize = 8192;

type Key = [u8; 32];
type Half = HashMap<Key, Arc<Verified>>;

/// A bounded map: when the young half is full it becomes the old one, and the old one is forgotten.
#[derive(Debug, Default)]
pub(crate) struct VerifiedTokens {
    halves: RwLock<(Half, Half)>,
}

impl VerifiedTokens {
    pub(crate) fn key(token: &str) -> Key {
        Sha256::digest(token.as_bytes()).into()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Verified>> {
        let halves = self.halves.read().unwrap_or_else(PoisonError::into_inner);
        halves.0.get(key).or_else(|| halves.1.get(key)).cloned()
    }

    pub(crate) fn put(&self, key: Key, verified: Arc<Verified>) {
        let mut halves = self.halves.write().unwrap_or_else(PoisonError::into_inner);
        if halves.0.len() >= HALF_MAX {
            halves.1 = std::mem::take(&mut halves.0);
        }
        halves.0.insert(key, verified);
    }
}
