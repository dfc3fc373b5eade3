//! A device with passkeys, in software: it makes ES256 keys and signs what it is asked, truthfully or not.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::world::ORIGIN;

/// User present, user verified.
const VERIFIED: u8 = 0b0000_0101;
const PRESENT: u8 = 0b0000_0001;
/// Attested credential data follow.
const ATTESTED: u8 = 0b0100_0000;

/// A device with one passkey.
#[derive(Clone)]
pub(crate) struct Device {
    key: SigningKey,
    id: [u8; 16],
    user: Vec<u8>,
    /// How often it has signed, as it says.
    counter: u32,
    /// Did its user show that it is them?
    verifies: bool,
    /// The page that asked, as its browser says.
    origin: &'static str,
}

impl Device {
    pub(crate) fn new() -> Self {
        let key = SigningKey::from_slice(&rand::random::<[u8; 32]>()).unwrap();
        Self { key, id: rand::random(), user: Vec::new(), counter: 0, verifies: true, origin: ORIGIN }
    }

    /// What `navigator.credentials.create` gives for these options.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        self.user = decode(&options["user"]["id"]);
        let said = self.said("webauthn.create", options);
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend([0; 16]);
        data.extend(16_u16.to_be_bytes());
        data.extend(self.id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let mut attestation = vec![0xa3];
        attestation.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        let response = json!({ "clientDataJSON": encode(&said), "attestationObject": encode(&attestation) });
        self.credential(&response)
    }

    /// What `navigator.credentials.get` gives for these options.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let said = self.said("webauthn.get", options);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let signed = [data.as_slice(), &Sha256::digest(&said)].concat();
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "clientDataJSON": encode(&said),
            "authenticatorData": encode(&data),
            "signature": encode(signature.to_der().as_bytes()),
            "userHandle": encode(&self.user),
        });
        self.credential(&response)
    }

    /// The same device, whose browser says that another page asked.
    pub(crate) fn asked_by(&self, origin: &'static str) -> Self {
        Self { origin, ..self.clone() }
    }

    /// The same device, which lets anybody use it.
    pub(crate) fn unverified(&self) -> Self {
        Self { verifies: false, ..self.clone() }
    }

    /// The same device as it was when it had signed so often.
    pub(crate) fn at(&self, counter: u32) -> Self {
        Self { counter, ..self.clone() }
    }

    /// The same device in the hands of somebody who says that they are that user.
    pub(crate) fn of(&self, user: &str) -> Self {
        let user = user.parse::<uuid::Uuid>().unwrap().into_bytes().to_vec();
        Self { user, ..self.clone() }
    }

    fn credential(&self, response: &Value) -> Value {
        let id = encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }

    fn said(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        serde_json::to_vec(&said).unwrap()
    }

    fn data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        let user = if self.verifies { VERIFIED } else { PRESENT };
        let mut data = Sha256::digest(relying_party).to_vec();
        data.push(user | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(point.x().unwrap());
        key.extend(b"\x22\x58\x20");
        key.extend(point.y().unwrap());
        key
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &Value) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
