//! Signing: access tokens, revocations and published keys. For the auth service and for tests.

use crate::{
    keys::{self, PublicKey, Retirements},
    pull,
    revocation::{self, Complete, Revocation},
    token::{self, AccessClaims},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

/// A secret key, which never leaves the process that signs.
#[derive(Clone)]
pub struct SecretKey(EncodingKey);

/// PKCS #8 of an Ed25519 key, up to its 32 secret bytes (RFC 8410).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    /// The Ed25519 key of these secret bytes.
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(EncodingKey::from_ed_der(&[&PKCS8_PREFIX[..], &seed[..]].concat()))
    }

    fn sign(&self, typ: &str, kid: Option<&str>, claims: &impl Serialize) -> Result<String, SignError> {
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: kid.map(str::to_owned),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok(jsonwebtoken::encode(&header, claims, &self.0)?)
    }
}

/// Something could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("it cannot be signed")]
pub struct SignError(#[from] jsonwebtoken::errors::Error);

/// Signs access tokens.
#[derive(Clone, Debug)]
pub struct TokenSigner {
    /// Names the public half for readers.
    pub kid: String,
    /// The secret half.
    pub key: SecretKey,
}

impl TokenSigner {
    /// The token that says so.
    pub fn sign(&self, claims: &AccessClaims) -> Result<String, SignError> {
        self.key.sign(token::TYPE, Some(&self.kid), claims)
    }
}

/// Signs what is written into the revocation account, with the key whose public half every service is configured
/// with.
#[derive(Clone, Debug)]
pub struct RevocationSigner(pub SecretKey);

impl RevocationSigner {
    /// The value of the entry of [`Revocation::subject`].
    pub fn revocation(&self, revocation: &Revocation) -> Result<String, SignError> {
        self.0.sign(revocation::TYPE, None, revocation)
    }

    /// The value of the entry [`crate::subjects::COMPLETE`].
    pub fn complete(&self, complete: &Complete) -> Result<String, SignError> {
        self.0.sign(revocation::COMPLETE_TYPE, None, complete)
    }

    /// The answer of the second path.
    pub fn answer(&self, answer: &pull::Answer) -> Result<String, SignError> {
        self.0.sign(pull::TYPE, None, answer)
    }

    /// The value of the entry [`crate::subjects::RETIREMENTS`].
    pub fn retirements(&self, retirements: &Retirements) -> Result<String, SignError> {
        self.0.sign(keys::RETIREMENTS_TYPE, None, retirements)
    }

    /// The value of the entry of [`crate::subjects::key`].
    pub fn key(&self, key: &PublicKey) -> Result<String, SignError> {
        self.0.sign(keys::TYPE, None, key)
    }
}
