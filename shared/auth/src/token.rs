//! Access tokens: what they say and how one is verified.

use crate::{
    Refusal,
    keys::{KeyRefusal, Keys},
};
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// How long an access token lives.
pub const LIFE_SECONDS: i64 = 15 * 60;
/// How far the clocks of issuer and reader may be apart.
pub const LEEWAY_SECONDS: i64 = 5;
/// The longest token that is looked at.
pub const SIZE_MAX: usize = 4096;
/// The type of access tokens (RFC 9068).
pub const TYPE: &str = "at+jwt";

/// Who asks for tokens (RFC 9068, 2.2): there is one client, our own pages and their API.
pub const CLIENT_ID: &str = "ticketing";

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who issued it: the public origin.
    pub iss: String,
    /// For whom: the public origin.
    pub aud: String,
    /// Who asked for it: [`CLIENT_ID`].
    pub client_id: String,
    /// The user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// The user's generation when it was issued.
    #[serde(rename = "gen")]
    pub generation: i64,
    /// The role that this session may use.
    pub role: Role,
    /// The role that the account has and this session may not use, for want of a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Role>,
    /// The user's name, for greeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Issued, in seconds since 1970.
    pub iat: i64,
    /// Ends, in seconds since 1970.
    pub exp: i64,
    /// Begins, in seconds since 1970, where it does not begin at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Its id.
    pub jti: Uuid,
}

impl AccessClaims {
    /// Is it alive at that time, within the leeway?
    pub fn is_alive(&self, now: Timestamp) -> bool {
        let now = now.timestamp();
        now < self.exp.saturating_add(LEEWAY_SECONDS)
            && self.iat.max(self.nbf.unwrap_or(i64::MIN)) <= now.saturating_add(LEEWAY_SECONDS)
    }
}

/// Who a valid token says the caller is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The generation of the token.
    pub generation: i64,
    /// The role that this session may use.
    pub role: Role,
    /// The role that it may not use for want of a second factor.
    pub withheld: Option<Role>,
    /// The name when the token was issued.
    pub name: Option<String>,
    /// The key that signed the token.
    pub kid: Arc<str>,
    /// When the token ends.
    pub expires_at: Timestamp,
}

impl Identity {
    fn new(kid: &Arc<str>, claims: &AccessClaims) -> Self {
        Self {
            user: claims.sub,
            session: claims.sid,
            generation: claims.generation,
            role: claims.role,
            withheld: claims.withheld,
            name: claims.name.clone(),
            kid: Arc::clone(kid),
            expires_at: Timestamp::from_timestamp(claims.exp, 0).unwrap_or_default(),
        }
    }
}

/// A token whose signature and claims were found good, whatever the time.
#[derive(Debug)]
pub(crate) struct Verified {
    kid: Arc<str>,
    pub(crate) claims: AccessClaims,
}

impl Verified {
    /// Who it says the caller is.
    pub(crate) fn identity(&self) -> Identity {
        Identity::new(&self.kid, &self.claims)
    }
}

/// Why a token was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unverified {
    /// It is not one of ours.
    Invalid,
    /// The key it names cannot be used.
    Key(KeyRefusal),
}

impl From<Unverified> for Refusal {
    fn from(why: Unverified) -> Self {
        match why {
            Unverified::Key(KeyRefusal::NoKeys) => Self::NoKeys,
            Unverified::Invalid | Unverified::Key(KeyRefusal::Unknown | KeyRefusal::Retired) => {
                Self::TokenInvalid
            }
        }
    }
}

/// Checks all that never changes about a token: signature, type, issuer, audience, presence of claims.
#[derive(Debug)]
pub(crate) struct Verifier {
    validation: Validation,
}

impl Verifier {
    pub(crate) fn new(public_origin: &str) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[public_origin]);
        validation.set_audience(&[public_origin]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Times are judged by `AccessClaims::is_alive` on every request, also for tokens found in the cache.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self { validation }
    }

    pub(crate) fn verify(&self, token: &str, keys: &Keys, now: Timestamp) -> Result<Verified, Unverified> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unverified::Invalid)?;
        // Algorithm, type and the key's name: auth writes nothing else, so nothing else has to be understood. No key
        // is taken from a token, and none fetched for it (RFC 8725, 3.10).
        let expected =
            Header { typ: Some(TYPE.to_owned()), kid: header.kid.clone(), ..Header::new(Algorithm::EdDSA) };
        if header != expected {
            return Err(Unverified::Invalid);
        }
        let kid = header.kid.ok_or(Unverified::Invalid)?;
        // The algorithm is that of the key; the header has no say.
        let key = keys.find(&kid, now).map_err(Unverified::Key)?;
        let claims =
            jsonwebtoken::decode(token, &key, &self.validation).map_err(|_| Unverified::Invalid)?.claims;
        Ok(Verified { kid: kid.into(), claims })
    }
}
