//! Public keys of the tokens: they travel on the bus, so no service needs auth to be up.

use crate::Refusal;
use contracts::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// The type of a published key's signature.
pub const TYPE: &str = "key+jwt";

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

#[derive(Clone)]
struct Known {
    decoding: Arc<DecodingKey>,
    retires_at: Option<Timestamp>,
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
    /// Adds or replaces a key; `false` where it is not an Ed25519 key.
    pub fn learn(&self, key: &PublicKey) -> bool {
        if key.kty != "OKP" || key.crv != "Ed25519" {
            return false;
        }
        let Ok(decoding) = DecodingKey::from_ed_components(&key.x) else { return false };
        let known = Known { decoding: Arc::new(decoding), retires_at: key.retires_at };
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key.kid.clone(), known);
        true
    }

    /// How many keys are known.
    pub fn len(&self) -> usize {
        self.known.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Is none known yet?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of that name, if its signatures count at that time.
    pub(crate) fn find(&self, kid: &str, now: Timestamp) -> Result<Arc<DecodingKey>, Refusal> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return Err(Refusal::NoKeys);
        }
        let key = known.get(kid).ok_or(Refusal::TokenInvalid)?;
        if key.retires_at.is_some_and(|end| end <= now) {
            return Err(Refusal::TokenInvalid);
        }
        Ok(Arc::clone(&key.decoding))
    }
}
