//! Public keys of the tokens: they travel on the bus, so no service needs auth to be up.
//!
//! A name means one key for ever, and a retirement is never taken back or put off: so whatever comes in whatever order,
//! from the bus or from auth, ends in the same.

use crate::token::LEEWAY_SECONDS;
use chrono::TimeDelta;
use contracts::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// The type of a published key's signature.
pub const TYPE: &str = "key+jwt";
/// The type of the signature of the list of retirements.
pub const RETIREMENTS_TYPE: &str = "retirements+jwt";
/// Keys in the list of retirements at most; the newest are in it.
pub const RETIREMENTS_MAX: usize = 100;

/// A public key as it is published: a JSON Web Key and the times between which its signatures count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Names it.
    pub kid: String,
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// The key, base64url.
    pub x: String,
    /// First use.
    pub not_before: Timestamp,
    /// From then on its signatures are refused; absent while it is in use.
    pub retires_at: Option<Timestamp>,
}

/// The end of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// Which.
    pub kid: String,
    /// From then on its signatures are refused.
    pub at: Timestamp,
}

/// Every retirement that may still matter: the value of [`crate::subjects::RETIREMENTS`].
///
/// It stands in the stream of revocations, before `a.complete`, so the freshness lease covers it: the tokens of a key
/// that has leaked are refused as fast, and as surely, as those of somebody who is banned. The stream of keys promises
/// nothing of the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirements {
    /// Which keys, and when; at most [`RETIREMENTS_MAX`].
    pub keys: Vec<Retirement>,
}

impl PublicKey {
    /// An Ed25519 key.
    pub fn new(kid: &str, public: &[u8; 32], not_before: Timestamp) -> Self {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        Self {
            kid: kid.to_owned(),
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: URL_SAFE_NO_PAD.encode(public),
            not_before,
            retires_at: None,
        }
    }

    fn has_length(&self) -> bool {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.decode(&self.x).is_ok_and(|bytes| bytes.len() == 32)
    }
}

/// Reads what auth signs for the revocation account.
#[derive(Clone)]
pub(crate) struct SignedReader {
    key: DecodingKey,
    validation: Validation,
}

impl SignedReader {
    /// Reads with the public key in 64 hex digits.
    pub(crate) fn new(public_hex: &str) -> Option<Self> {
        let public: [u8; 32] = hex::decode(public_hex).ok()?.try_into().ok()?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Some(Self { key: DecodingKey::from_ed_der(&public), validation })
    }

    /// What the claims say, whoever signed them: to decide nothing but whether they are worth verifying.
    pub(crate) fn peek<T: DeserializeOwned>(value: &[u8]) -> Option<T> {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let claims = value.split(|byte| *byte == b'.').nth(1)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// The claims, if the signature is good and of the wanted type.
    pub(crate) fn read<T: DeserializeOwned>(&self, typ: &str, value: &[u8]) -> Option<T> {
        let text = std::str::from_utf8(value).ok()?;
        let data = jsonwebtoken::decode::<T>(text, &self.key, &self.validation).ok()?;
        (data.header.typ.as_deref() == Some(typ)).then_some(data.claims)
    }
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyRefusal {
    /// None has been learned yet.
    NoKeys,
    /// Not that one: perhaps nobody's, perhaps one that has not come here yet.
    Unknown,
    /// Its signatures do not count any more.
    Retired,
}

/// What is known of a name: its key, its retirement, or both.
#[derive(Default)]
struct Known {
    key: Option<(String, Arc<DecodingKey>)>,
    not_before: Timestamp,
    retires_at: Option<Timestamp>,
}

impl Known {
    fn retire(&mut self, at: Timestamp) {
        self.retires_at = Some(self.retires_at.map_or(at, |known| known.min(at)));
    }
}

/// The public keys this instance knows. None is ever forgotten because an entry disappears.
#[derive(Default)]
pub struct Keys {
    known: RwLock<HashMap<String, Known>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("known", &self.len()).finish()
    }
}

impl Keys {
    /// Adds a key, or its retirement; `false` where it is not an Ed25519 key, or another one than that name had.
    pub fn learn(&self, key: &PublicKey) -> bool {
        if key.kty != "OKP" || key.crv != "Ed25519" || !key.has_length() {
            return false;
        }
        let Ok(decoding) = DecodingKey::from_ed_components(&key.x) else { return false };
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(key.kid.clone()).or_default();
        let same = known.key.as_ref().is_none_or(|(x, _)| *x == key.x);
        if same && known.key.is_none() {
            known.key = Some((key.x.clone(), Arc::new(decoding)));
            known.not_before = key.not_before;
        }
        if let (true, Some(at)) = (same, key.retires_at) {
            known.retire(at);
        }
        same
    }

    /// Notes a retirement, also of a key that is not known yet.
    pub fn retire(&self, retirement: &Retirement) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(retirement.kid.clone()).or_default().retire(retirement.at);
    }

    /// Is there a key of that name, retired or not?
    pub(crate) fn knows(&self, kid: &str) -> bool {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        all.get(kid).is_some_and(|known| known.key.is_some())
    }

    /// How many keys are known.
    pub fn len(&self) -> usize {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        all.values().filter(|known| known.key.is_some()).count()
    }

    /// Is none known yet?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of that name, if its signatures count at that time.
    pub(crate) fn find(&self, kid: &str, now: Timestamp) -> Result<Arc<DecodingKey>, KeyRefusal> {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let Some(Known { key: Some((_, key)), not_before, retires_at }) = all.get(kid) else {
            let any = all.values().any(|known| known.key.is_some());
            return Err(if any { KeyRefusal::Unknown } else { KeyRefusal::NoKeys });
        };
        if *not_before > now + TimeDelta::seconds(LEEWAY_SECONDS) {
            return Err(KeyRefusal::Unknown);
        }
        if retires_at.is_some_and(|end| end <= now) {
            return Err(KeyRefusal::Retired);
        }
        Ok(Arc::clone(key))
    }
}

#[cfg(test)]
mod tests;
