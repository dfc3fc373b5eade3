//! The pair of keys that signs revocations: auth has the secret half, every service the public one.

use std::io::Write as _;

use anyhow::Result;
use ed25519_dalek::SigningKey;

pub(crate) fn print() -> Result<()> {
    let key = SigningKey::from_bytes(&rand::random());
    let pair = serde_json::json!({
        "secret": hex::encode(key.to_bytes()),
        "public": hex::encode(key.verifying_key().to_bytes()),
    });
    writeln!(std::io::stdout(), "{pair}")?;
    Ok(())
}
