//! Tokens: access tokens are signed, refresh tokens are secrets whose successors are derived.

use crate::account::Account;
use auth::{
    AccessClaims,
    issue::{SignError, TokenSigner},
    token,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{Timestamp, ids::SessionId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// A refresh token: 256 secret bits. Only its hash is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshToken([u8; 32]);

impl RefreshToken {
    pub(crate) fn random() -> Self {
        Self(rand::random())
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
}

/// Makes both kinds. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens {
    signer: Arc<TokenSigner>,
    refresh_key: Arc<Hmac<Sha256>>,
    origin: Arc<str>,
}

/// An access token and when it ends.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) text: String,
    pub(crate) expires_at: Timestamp,
}

impl Tokens {
    pub(crate) fn new(signer: TokenSigner, refresh_key: &[u8; 32], origin: &str) -> Self {
        // HMAC fills a key that is shorter than its block with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(refresh_key);
        Self {
            signer: Arc::new(signer),
            refresh_key: Arc::new(Hmac::new(&block.into())),
            origin: origin.into(),
        }
    }

    /// The one successor of a refresh token: the same again, whoever asks and how often.
    pub(crate) fn successor(&self, token: RefreshToken) -> RefreshToken {
        let mut mac = Hmac::clone(&self.refresh_key);
        mac.update(&token.0);
        RefreshToken(mac.finalize().into_bytes().into())
    }

    /// An access token of the account as it is now. It never outlives its session.
    pub(crate) fn access(
        &self,
        account: &Account,
        session: SessionId,
        session_ends: Timestamp,
        now: Timestamp,
    ) -> Result<AccessToken, SignError> {
        let exp = (now.timestamp() + token::LIFE_SECONDS).min(session_ends.timestamp());
        let claims = AccessClaims {
            iss: self.origin.to_string(),
            aud: self.origin.to_string(),
            sub: account.id,
            sid: session,
            generation: account.generation,
            role: account.role,
            name: Some(account.name.clone()),
            iat: now.timestamp(),
            exp,
            nbf: None,
            jti: Uuid::now_v7(),
        };
        let expires_at = Timestamp::from_timestamp(exp, 0).unwrap_or(now);
        Ok(AccessToken { text: self.signer.sign(&claims)?, expires_at })
    }
}
