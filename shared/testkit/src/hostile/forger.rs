//! Makes tokens, good and bad, with a real signing key.

use crate::Person;
use auth::token::{LIFE_SECONDS, TYPE};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// Somebody with the signing key of a system, and an account in it.
#[derive(Clone, Debug)]
pub struct Forger {
    pub(super) kid: String,
    pub(super) key: SigningKey,
    pub(super) origin: String,
    pub(super) person: Person,
    pub(super) now: i64,
}

impl Forger {
    /// With the key of that name, for a system whose tokens have that issuer.
    pub fn new(kid: &str, seed: &[u8; 32], origin: &str) -> Self {
        Self {
            kid: kid.to_owned(),
            key: SigningKey::from_bytes(seed),
            origin: origin.to_owned(),
            person: Person::new("Mallory"),
            now: service::Clock::system().now().timestamp(),
        }
    }

    /// Whose tokens they are.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// A token as auth would make it.
    pub fn good(&self) -> String {
        self.signed(&self.header(), &self.claims())
    }

    pub(super) fn header(&self) -> Value {
        json!({ "typ": TYPE, "alg": "EdDSA", "kid": self.kid })
    }

    /// The good header with one of its values changed, added, or left out.
    pub(super) fn header_with(&self, name: &str, value: Option<Value>) -> Value {
        with(self.header(), name, value)
    }

    pub(super) fn claims(&self) -> Value {
        json!({
            "iss": self.origin, "aud": self.origin, "client_id": auth::token::CLIENT_ID,
            "sub": self.person.user.id, "sid": self.person.session, "gen": self.person.user.generation,
            "role": "user", "iat": self.now, "exp": self.now + LIFE_SECONDS, "jti": uuid::Uuid::now_v7(),
        })
    }

    /// The good claims with one of them changed, added, or left out.
    pub(super) fn claims_with(&self, name: &str, value: Option<Value>) -> Value {
        with(self.claims(), name, value)
    }

    /// Signed as auth signs.
    pub(super) fn signed(&self, header: &Value, claims: &Value) -> String {
        self.signed_text(&header.to_string(), claims.to_string().as_bytes())
    }

    /// The same of any text, such as JSON that says a thing twice.
    pub(super) fn signed_text(&self, header: &str, claims: &[u8]) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.key.sign(message.as_bytes()).to_bytes();
        format!("{message}.{}", encoded(signature))
    }

    /// Signed with a shared secret, under a header that says so.
    pub(super) fn hmac(&self, secret: &[u8]) -> String {
        let message = Self::message(&self.header_with("alg", Some(json!("HS256"))), &self.claims());
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a secret of any length");
        mac.update(message.as_bytes());
        format!("{message}.{}", encoded(mac.finalize().into_bytes()))
    }

    /// All of a token but its signature.
    pub(super) fn message(header: &Value, claims: &Value) -> String {
        format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()))
    }
}

fn with(mut object: Value, name: &str, value: Option<Value>) -> Value {
    if let Some(map) = object.as_object_mut() {
        match value {
            Some(value) => map.insert(name.to_owned(), value),
            None => map.remove(name),
        };
    }
    object
}

pub(super) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
