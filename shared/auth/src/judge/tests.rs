//! Tokens from enemies, and the checks that come after the cache.

use super::{Judge, Moment};
use crate::{
    AccessClaims, Refusal,
    issue::{SecretKey, TokenSigner},
    keys::PublicKey,
    revocation::{Kind, ReasonCode, Revocation},
    token::{LEEWAY_SECONDS, LIFE_SECONDS},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const ORIGIN: &str = "https://tickets.example";
const SEED: [u8; 32] = [1; 32];
const NOW: i64 = 1_800_000_000;

fn moment(seconds: i64) -> Moment {
    let boot = Duration::from_secs(1000 + seconds.unsigned_abs());
    Moment { wall: Timestamp::from_timestamp(NOW + seconds, 0).unwrap(), boot }
}

fn public(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// A judge that knows one key and holds a lease for as long as a test may take.
fn judge() -> Judge {
    let judge = Judge::new(ORIGIN);
    assert!(judge.keys.learn(&PublicKey::new("k1", &public(&SEED), Timestamp::default())));
    judge.lease.extend(Duration::from_secs(1_000_000));
    judge
}

fn signer() -> TokenSigner {
    TokenSigner { kid: "k1".to_owned(), key: SecretKey::new(&SEED) }
}

fn claims() -> AccessClaims {
    AccessClaims {
        iss: ORIGIN.to_owned(),
        aud: ORIGIN.to_owned(),
        client_id: crate::token::CLIENT_ID.to_owned(),
        sub: UserId::from_uuid(Uuid::from_u128(1)),
        sid: SessionId::from_uuid(Uuid::from_u128(2)),
        generation: 3,
        withheld: None,
        role: Role::User,
        name: None,
        iat: NOW,
        exp: NOW + LIFE_SECONDS,
        nbf: None,
        jti: Uuid::from_u128(4),
    }
}

fn encoding_key(seed: &[u8; 32]) -> EncodingKey {
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    EncodingKey::from_ed_der(&[&prefix[..], &seed[..]].concat())
}

fn header() -> Header {
    Header { typ: Some("at+jwt".to_owned()), kid: Some("k1".to_owned()), ..Header::new(Algorithm::EdDSA) }
}

fn sign(header: &Header, claims: &impl serde::Serialize) -> String {
    jsonwebtoken::encode(header, claims, &encoding_key(&SEED)).unwrap()
}

/// The good claims with one of them changed, or left out.
fn with(name: &str, value: Option<Value>) -> Value {
    let mut changed = serde_json::to_value(claims()).unwrap();
    let map = changed.as_object_mut().unwrap();
    match value {
        Some(value) => map.insert(name.to_owned(), value),
        None => map.remove(name),
    };
    changed
}

fn parts(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn hostile() -> Vec<(String, String)> {
    let good = sign(&header(), &claims());
    let signature = good.rsplit_once('.').unwrap().1;
    let body = serde_json::to_value(claims()).unwrap();
    let public_key = public(&SEED);
    let hs256 = Header { alg: Algorithm::HS256, ..header() };
    let as_secret =
        |secret: &[u8]| jsonwebtoken::encode(&hs256, &claims(), &EncodingKey::from_secret(secret)).unwrap();
    let mut table = vec![
        ("alg none", parts(&json!({"alg": "none", "typ": "at+jwt", "kid": "k1"}), &body, "")),
        ("alg None", parts(&json!({"alg": "None", "typ": "at+jwt", "kid": "k1"}), &body, signature)),
        ("alg left out", parts(&json!({"typ": "at+jwt", "kid": "k1"}), &body, signature)),
        ("HS256 with the public key", as_secret(&public_key)),
        (
            "HS256 with the public key as text",
            as_secret(BASE64_URL_SAFE_NO_PAD.encode(public_key).as_bytes()),
        ),
        (
            "HS256 named, EdDSA signed",
            parts(&json!({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}), &body, signature),
        ),
        ("RS256 named", parts(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "k1"}), &body, signature)),
        ("a kid nobody published", sign(&Header { kid: Some("k2".to_owned()), ..header() }, &claims())),
        ("a kid that is a path", sign(&Header { kid: Some("../../k1".to_owned()), ..header() }, &claims())),
        ("no kid", sign(&Header { kid: None, ..header() }, &claims())),
        ("no typ", sign(&Header { typ: None, ..header() }, &claims())),
        ("typ JWT", sign(&Header { typ: Some("JWT".to_owned()), ..header() }, &claims())),
        (
            "typ of a revocation",
            sign(&Header { typ: Some("revocation+jwt".to_owned()), ..header() }, &claims()),
        ),
        ("a critical header", sign(&Header { crit: Some(vec!["b64".to_owned()]), ..header() }, &claims())),
        ("an empty signature", good.rsplit_once('.').unwrap().0.to_owned() + "."),
        (
            "a zero signature",
            format!("{}.{}", good.rsplit_once('.').unwrap().0, BASE64_URL_SAFE_NO_PAD.encode([0_u8; 64])),
        ),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
        ("four parts", format!("{good}.x")),
        (
            "another key's signature",
            jsonwebtoken::encode(&header(), &claims(), &encoding_key(&[2; 32])).unwrap(),
        ),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("not base64", "a b.c d.e f".to_owned()),
        ("not text", "\u{0}\u{ffff}.x.y".to_owned()),
        ("huge", "x".repeat(1_000_000)),
        ("huge claims", sign(&header(), &with("name", Some(json!("n".repeat(5000)))))),
        ("claims that are no object", sign(&header(), &json!([1, 2, 3]))),
    ];
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("https://evil.example")),
        ("sub", json!("not-a-uuid")),
        ("sid", json!(7)),
        ("gen", json!("3")),
        ("role", json!("root")),
        ("exp", json!("never")),
        ("exp", json!(NOW - LEEWAY_SECONDS)),
        ("exp", json!(-1)),
        ("iat", json!(NOW + LEEWAY_SECONDS + 1)),
        ("nbf", json!(NOW + LEEWAY_SECONDS + 1)),
    ] {
        table.push((name, sign(&header(), &with(name, Some(value)))));
    }
    for name in ["iss", "aud", "sub", "sid", "gen", "role", "iat", "exp", "jti"] {
        table.push((name, sign(&header(), &with(name, None))));
    }
    table.into_iter().map(|(name, token)| (name.to_owned(), token)).collect()
}

#[test]
fn the_good_one_is_accepted() {
    let identity = judge().check(&signer().sign(&claims()).unwrap(), moment(0)).unwrap();
    assert_eq!((identity.user, identity.session, identity.generation), (claims().sub, claims().sid, 3));
}

#[test]
fn every_hostile_token_is_refused_twice() {
    let judge = judge();
    for (what, token) in hostile() {
        // The second time the cache could have an opinion.
        for _ in 0..2 {
            assert_eq!(judge.check(&token, moment(0)), Err(Refusal::TokenInvalid), "{what}");
        }
    }
}

#[test]
fn a_changed_letter_anywhere_breaks_a_token() {
    let judge = judge();
    let good = signer().sign(&claims()).unwrap();
    for at in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last letter of a part may carry bits that nobody reads; strict decoding refuses those too.
        assert_eq!(judge.check(&changed, moment(0)), Err(Refusal::TokenInvalid), "letter {at}");
    }
}

#[test]
fn time_is_judged_after_the_cache_with_five_seconds_of_leeway() {
    let judge = judge();
    let token = signer().sign(&claims()).unwrap();
    assert!(judge.check(&token, moment(0)).is_ok());
    assert!(judge.check(&token, moment(LIFE_SECONDS + 4)).is_ok());
    assert_eq!(judge.check(&token, moment(LIFE_SECONDS + 5)), Err(Refusal::TokenInvalid));
    assert!(judge.check(&token, moment(-5)).is_ok());
    assert_eq!(judge.check(&token, moment(-6)), Err(Refusal::TokenInvalid));
}

#[test]
fn revocations_keys_and_lease_are_judged_after_the_cache() {
    let judge = judge();
    let token = signer().sign(&claims()).unwrap();
    assert!(judge.check(&token, moment(0)).is_ok());
    let retired = PublicKey {
        retires_at: Some(moment(10).wall),
        ..PublicKey::new("k1", &public(&SEED), Timestamp::default())
    };
    assert!(judge.keys.learn(&retired));
    assert!(judge.check(&token, moment(9)).is_ok());
    assert_eq!(judge.check(&token, moment(10)), Err(Refusal::TokenInvalid));
    judge.revocations.apply(&Revocation {
        kind: Kind::User,
        id: claims().sub.uuid(),
        generation: 4,
        expires_at: moment(960).wall,
        reason_code: ReasonCode::Banned,
        actor: None,
        at: moment(1).wall,
    });
    assert_eq!(judge.check(&token, moment(1)), Err(Refusal::AccountSuspended));
    judge.lease.end();
    let other = AccessClaims { sub: UserId::from_uuid(Uuid::from_u128(9)), ..claims() };
    assert_eq!(judge.check(&signer().sign(&other).unwrap(), moment(1)), Err(Refusal::Stale));
    assert_eq!(judge.check(&token, moment(1)), Err(Refusal::AccountSuspended), "what is known is said");
}

#[test]
fn no_keys_is_not_a_verdict() {
    let judge = Judge::new(ORIGIN);
    let token = signer().sign(&claims()).unwrap();
    assert_eq!(judge.check(&token, moment(0)), Err(Refusal::NoKeys));
    assert!(judge.keys.learn(&PublicKey::new("k1", &public(&SEED), Timestamp::default())));
    assert_eq!(
        judge.check(&token, moment(0)),
        Err(Refusal::Stale),
        "known now, but nobody knows who is revoked"
    );
}
