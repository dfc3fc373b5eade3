//! Keys: from their first use to their end, whatever is learned in whatever order.

use super::{KeyRefusal, Keys, PublicKey, Retirement};
use crate::token::LEEWAY_SECONDS;
use contracts::Timestamp;
use ed25519_dalek::SigningKey;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn key(kid: &str, seed: u8, not_before: i64) -> PublicKey {
    PublicKey::new(kid, &SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes(), at(not_before))
}

fn refusal(keys: &Keys, kid: &str, now: i64) -> Option<KeyRefusal> {
    keys.find(kid, at(now)).err()
}

#[test]
fn a_key_counts_from_its_first_use_within_the_leeway_to_its_retirement() {
    let keys = Keys::default();
    assert_eq!(refusal(&keys, "k", 0), Some(KeyRefusal::NoKeys));
    assert!(keys.learn(&PublicKey { retires_at: Some(at(900)), ..key("k", 1, 60) }));
    assert_eq!(refusal(&keys, "k", 60 - LEEWAY_SECONDS - 1), Some(KeyRefusal::Unknown));
    assert_eq!(refusal(&keys, "k", 60 - LEEWAY_SECONDS), None);
    assert_eq!(refusal(&keys, "k", 899), None);
    assert_eq!(refusal(&keys, "k", 900), Some(KeyRefusal::Retired));
    assert_eq!(refusal(&keys, "other", 100), Some(KeyRefusal::Unknown));
}

#[test]
fn a_retirement_is_never_taken_back_or_put_off() {
    let keys = Keys::default();
    assert!(keys.learn(&key("k", 1, 0)));
    keys.retire(&Retirement { kid: "k".to_owned(), at: at(10) });
    assert!(keys.learn(&key("k", 1, 0)), "an older writing of the entry");
    assert!(keys.learn(&PublicKey { retires_at: Some(at(500)), ..key("k", 1, 0) }));
    keys.retire(&Retirement { kid: "k".to_owned(), at: at(400) });
    assert_eq!(refusal(&keys, "k", 9), None);
    assert_eq!(refusal(&keys, "k", 10), Some(KeyRefusal::Retired));
}

#[test]
fn a_retirement_may_come_before_its_key() {
    let keys = Keys::default();
    keys.retire(&Retirement { kid: "k".to_owned(), at: at(10) });
    assert!(keys.is_empty() && !keys.knows("k"));
    assert_eq!(refusal(&keys, "k", 0), Some(KeyRefusal::NoKeys), "no key is known, and that is no verdict");
    assert!(keys.learn(&key("k", 1, 0)));
    assert_eq!(refusal(&keys, "k", 9), None);
    assert_eq!(refusal(&keys, "k", 10), Some(KeyRefusal::Retired));
}

#[test]
fn a_name_means_one_key_for_ever() {
    let keys = Keys::default();
    assert!(keys.learn(&key("k", 1, 0)));
    let other = PublicKey { retires_at: Some(at(1)), ..key("k", 2, 0) };
    assert!(!keys.learn(&other), "another key of that name");
    assert_eq!(refusal(&keys, "k", 5), None, "and it retires nothing");
    assert!(!keys.learn(&PublicKey { crv: "X25519".to_owned(), ..key("l", 1, 0) }));
    assert!(!keys.learn(&PublicKey { x: "AAAA".to_owned(), ..key("m", 1, 0) }));
}
