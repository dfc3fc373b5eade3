//! Codes of authenticator apps, for the sample accounts that have one.

use anyhow::{Context as _, Result};
use totp_rs::{Builder, Secret};

use crate::credentials::random_hex;

/// Bytes of a secret.
const SECRET: usize = 20;

/// A secret in base 32.
pub(crate) fn new_secret() -> Result<String> {
    let bytes = hex::decode(random_hex(SECRET)?).context("random digits are hexadecimal")?;
    Ok(Secret::from(bytes).to_base32())
}

/// The code of now, and for how many seconds it stays.
pub(crate) fn of_now(secret: &str) -> Result<(String, u64)> {
    let secret =
        Secret::try_from_base32(secret).context("the secret in sample-accounts.json is not base 32")?;
    let rules = Builder::new().with_secret(secret).with_account_name("sample").build()?;
    Ok((rules.generate_current().to_string(), rules.ttl()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_secret_has_codes_of_six_digits() {
        let secret = new_secret().unwrap();
        let (code, seconds) = of_now(&secret).unwrap();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert!((1..=30).contains(&seconds));
        assert_ne!(new_secret().unwrap(), secret);
    }
}
