//! Secrets that the database keeps and cannot read.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use contracts::ids::UserId;

/// Bytes of the nonce that stands before what is sealed: long enough to be chosen at random.
const NONCE: usize = 24;

/// What is stored cannot be opened: another key, another owner, or it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be opened: was SECOND_FACTOR_KEY changed?")]
pub(crate) struct SealError;

/// Seals secrets of accounts with a key of the configuration.
#[derive(Clone)]
pub(crate) struct Seal(XChaCha20Poly1305);

impl Seal {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Seals a secret of that user: in the row of another it cannot be opened.
    pub(crate) fn seal(&self, user: UserId, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE] = rand::random();
        let owner = user.uuid();
        let bound = Payload { msg: secret, aad: owner.as_bytes() };
        let sealed = self.0.encrypt(&nonce.into(), bound).map_err(|_| SealError)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for that user.
    pub(crate) fn open(&self, user: UserId, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let owner = user.uuid();
        let bound = Payload { msg: sealed, aad: owner.as_bytes() };
        self.0.decrypt(nonce.into(), bound).map_err(|_| SealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_it_and_only_for_its_owner() {
        let (seal, owner) = (Seal::new(&[1; 32]), service::new_id());
        let sealed = seal.seal(owner, b"secret").unwrap();
        assert_eq!(seal.open(owner, &sealed).as_deref(), Ok(b"secret".as_slice()));
        assert_eq!(seal.open(service::new_id(), &sealed), Err(SealError));
        assert_eq!(Seal::new(&[2; 32]).open(owner, &sealed), Err(SealError));
        assert_eq!(seal.open(owner, &sealed[..10]), Err(SealError));
        assert_ne!(seal.seal(owner, b"secret").unwrap(), sealed);
    }
}
