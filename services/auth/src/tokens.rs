//! Tokens: access tokens are signed, refresh tokens are secrets whose successors are derived.

use crate::{account::Account, second_factor, secret::Secret, store::sessions::Session};
use auth::{
    AccessClaims,
    issue::{SignError, TokenSigner},
    token,
};
use contracts::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use uuid::Uuid;

/// A refresh token.
pub(crate) type RefreshToken = Secret;

/// Makes both kinds. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens {
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
    pub(crate) fn new(refresh_key: &[u8; 32], origin: &str) -> Self {
        // HMAC fills a key that is shorter than its block with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(refresh_key);
        Self { refresh_key: Arc::new(Hmac::new(&block.into())), origin: origin.into() }
    }

    /// The one successor of a refresh token: the same again, whoever asks and how often.
    pub(crate) fn successor(&self, token: RefreshToken) -> RefreshToken {
        let mut mac = Hmac::clone(&self.refresh_key);
        mac.update(token.bits());
        RefreshToken::of(mac.finalize().into_bytes().into())
    }

    /// An access token of the account as it is now, with the role that its session may use. It never outlives it.
    /// The signer is that of the same transaction: [`crate::signing_keys::signer`].
    pub(crate) fn access(
        &self,
        signer: &TokenSigner,
        account: &Account,
        session: &Session,
        now: Timestamp,
    ) -> Result<AccessToken, SignError> {
        let exp = (now.timestamp() + token::LIFE_SECONDS).min(session.expires_at.timestamp());
        let (role, withheld) = second_factor::role(account.role, session.second_factor);
        let claims = AccessClaims {
            iss: self.origin.to_string(),
            aud: self.origin.to_string(),
            client_id: token::CLIENT_ID.to_owned(),
            sub: account.id,
            sid: session.id,
            generation: account.generation,
            role,
            withheld,
            name: Some(account.name.clone()),
            iat: now.timestamp(),
            exp,
            nbf: None,
            jti: Uuid::now_v7(),
        };
        let expires_at = Timestamp::from_timestamp(exp, 0).unwrap_or(now);
        Ok(AccessToken { text: signer.sign(&claims)?, expires_at })
    }
}
