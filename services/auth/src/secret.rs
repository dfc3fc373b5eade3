//! Secrets that a browser keeps in a cookie.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 256 secret bits. Only their hash is stored; with so many bits nothing slower than SHA-256 is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// From the operating system.
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// Of bits that are secret already.
    pub(crate) const fn of(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// Reads what a cookie carries.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// What a cookie carries.
    pub(crate) fn text(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the database keeps.
    pub(crate) fn hash(self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }

    /// The bits themselves, for deriving others.
    pub(crate) const fn bits(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}
