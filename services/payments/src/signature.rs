//! Signatures of webhooks: `t=<seconds>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `t.rawbody`.

use contracts::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How old or how far ahead a signature may be, in seconds: older ones may be replays.
pub(crate) const TOLERANCE_SECONDS: i64 = 300;
/// Signatures in one header that are looked at.
const SIGNATURES_MAX: usize = 8;

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    #[error("the signature is missing or unreadable")]
    Malformed,
    #[error("the signature is too old or too far ahead")]
    Stale,
    #[error("the signature is not right")]
    Wrong,
}

/// Checks a header against the secrets that may have been used.
pub(crate) fn verify(
    header: &str,
    body: &[u8],
    secrets: &[String],
    now: Timestamp,
) -> Result<(), BadSignature> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let seconds: i64 = parts()
        .find(|(name, _)| *name == "t")
        .and_then(|(_, value)| value.parse().ok())
        .ok_or(BadSignature::Malformed)?;
    if now.timestamp().checked_sub(seconds).is_none_or(|age| age.abs() > TOLERANCE_SECONDS) {
        return Err(BadSignature::Stale);
    }
    let given: Vec<Vec<u8>> = parts()
        .filter(|(name, _)| *name == "v1")
        .take(SIGNATURES_MAX)
        .filter_map(|(_, value)| hex::decode(value).ok())
        .collect();
    if given.is_empty() {
        return Err(BadSignature::Malformed);
    }
    // `verify_slice` compares in constant time.
    let right = secrets.iter().any(|secret| {
        given.iter().any(|signature| {
            mac(secret, seconds, body).is_some_and(|mac| mac.verify_slice(signature).is_ok())
        })
    });
    if right { Ok(()) } else { Err(BadSignature::Wrong) }
}

/// The header of a body, as a provider makes it.
pub(crate) fn sign(body: &[u8], secret: &str, now: Timestamp) -> String {
    let seconds = now.timestamp();
    let signature = mac(secret, seconds, body).map(|mac| hex::encode(mac.finalize().into_bytes()));
    format!("t={seconds},v1={}", signature.unwrap_or_default())
}

fn mac(secret: &str, seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    // A key of any length is good; only the type says that it could fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    fn secrets(all: &[&str]) -> Vec<String> {
        all.iter().map(|secret| (*secret).to_owned()).collect()
    }

    #[test]
    fn it_is_the_signature_that_stripe_describes() {
        // echo -n '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        let header = sign(br#"{"id":"evt_1"}"#, "whsec_test", at(1_700_000_000));
        assert_eq!(
            header,
            "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
        );
    }

    #[test]
    fn one_right_signature_of_several_is_enough_while_secrets_rotate() {
        let now = at(1_700_000_000);
        let old = sign(b"{}", "old", now);
        let new = sign(b"{}", "new", now);
        let both = format!("{old},{}", new.split_once(',').unwrap().1);
        for known in [&["old"][..], &["new"], &["other", "new"]] {
            assert_eq!(verify(&both, b"{}", &secrets(known), now), Ok(()));
        }
        assert_eq!(verify(&both, b"{}", &secrets(&["other"]), now), Err(BadSignature::Wrong));
    }

    #[test]
    fn an_old_one_is_refused() {
        let header = sign(b"{}", "secret", at(1_000));
        let known = secrets(&["secret"]);
        assert_eq!(verify(&header, b"{}", &known, at(1_300)), Ok(()));
        assert_eq!(verify(&header, b"{}", &known, at(1_301)), Err(BadSignature::Stale));
        assert_eq!(verify(&header, b"{}", &known, at(699)), Err(BadSignature::Stale));
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header: String, body: Vec<u8>) {
            prop_assert!(verify(&header, &body, &secrets(&["secret"]), at(1_000)).is_err());
        }

        #[test]
        fn a_changed_body_is_refused(body: Vec<u8>, other: Vec<u8>) {
            let header = sign(&body, "secret", at(1_000));
            let right = verify(&header, &other, &secrets(&["secret"]), at(1_000)).is_ok();
            prop_assert_eq!(right, body == other);
        }
    }
}
