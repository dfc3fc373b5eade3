//! Secrets of links in mail, which travel on the bus without lying on it.
//!
//! A notice with a link says its own id and no secret. Both auth, which keeps the secret's hash, and notifications,
//! which writes the mail, derive it from the id with a key that only these two have (`docs/adr/0011-recovery.md`).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{auth::NoticeKind, ids::NoticeId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// Derives secrets of links. Cheap to clone; never printed.
#[derive(Clone)]
pub struct LinkKey(Hmac<Sha256>);

impl LinkKey {
    /// The key of 256 bits that auth and notifications share.
    pub fn new(key: &[u8; 32]) -> Self {
        // HMAC fills a key that is shorter than its block with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(key);
        Self(Hmac::new(&block.into()))
    }

    /// The secret of a notice's link: 256 bits as 43 letters that fit into an address.
    pub fn secret(&self, id: NoticeId, kind: NoticeKind) -> String {
        let mut mac = self.0.clone();
        mac.update(b"mail link v1\0");
        mac.update(kind.as_str().as_bytes());
        mac.update(id.uuid().as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notice_kind_and_key_has_a_secret_of_its_own_and_always_the_same() {
        let (one, other): (NoticeId, NoticeId) = (service::new_id(), service::new_id());
        let key = LinkKey::new(&[1; 32]);
        let secret = key.secret(one, NoticeKind::ResetPassword);
        assert_eq!(secret.len(), 43);
        assert_eq!(secret, key.secret(one, NoticeKind::ResetPassword));
        assert_ne!(secret, key.secret(other, NoticeKind::ResetPassword));
        assert_ne!(secret, key.secret(one, NoticeKind::ConfirmEmail));
        assert_ne!(secret, LinkKey::new(&[2; 32]).secret(one, NoticeKind::ResetPassword));
        assert_eq!(format!("{key:?}"), "LinkKey");
    }
}
