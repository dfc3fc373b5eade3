//! The ends of keys on their way from auth to an instance, and new keys.

use crate::bus::{Bus, key, ready, user, within};
use auth::{
    Refusal,
    issue::{RevocationSigner, SecretKey, TokenSigner},
    keys::{PublicKey, Retirement, Retirements},
    subjects,
};
use chrono::{TimeDelta, Utc};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Retirements {
    Retirements { keys: vec![Retirement { kid: "first".to_owned(), at: Utc::now() }] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retirement_comes_with_the_revocations_and_is_never_taken_back() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let token = bus.token(user(), 1);
    let identity = authority.check(&token).unwrap();
    let stranger = RevocationSigner(SecretKey::new(&rand::random()));
    bus.write("auth", subjects::RETIREMENTS, stranger.retirements(&now()).unwrap()).await.unwrap();
    bus.write("auth", subjects::RETIREMENTS, bus.revocations.retirements(&now()).unwrap()).await.unwrap();
    within(SECOND, "the retirement", || authority.check(&token) == Err(Refusal::TokenInvalid)).await;
    assert_eq!(authority.recheck(&identity), Err(Refusal::TokenInvalid), "just before a commit, too");
    // Auth's reconciler, or a stream that was created anew, may bring the key again.
    bus.open().await;
    let other = bus.learned(&authority, "second").await;
    assert!(authority.check(&other).is_ok());
    assert_eq!(authority.check(&token), Err(Refusal::TokenInvalid));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_starts_after_a_retirement_never_accepts_the_key() {
    let bus = Bus::start().await;
    bus.write("auth", subjects::RETIREMENTS, bus.revocations.retirements(&now()).unwrap()).await.unwrap();
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    assert_eq!(authority.check(&bus.token(user(), 1)), Err(Refusal::TokenInvalid));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_auth_retires_a_key() {
    let bus = Bus::start().await;
    bus.open().await;
    let value = bus.revocations.retirements(&now()).unwrap();
    assert!(bus.write("orders", subjects::RETIREMENTS, value).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_cut_off_asks_to_wait_when_a_key_is_new() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let (secret, _) = key();
    let signer = TokenSigner { kid: "new".to_owned(), key: secret };
    let token = signer.sign(&crate::bus::claims(user(), 1)).unwrap();
    assert_eq!(
        authority.check(&token),
        Err(Refusal::TokenInvalid),
        "it hears the bus, and nobody published that"
    );
    bus.signal("STOP");
    within(3 * SECOND, "blindness", || authority.check(&token) == Err(Refusal::Stale)).await;
    bus.signal("CONT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_not_count_before_its_time() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let (secret, public) = key();
    let early = PublicKey::new("early", &public, Utc::now() + TimeDelta::seconds(60));
    bus.write("auth", &subjects::key("early"), bus.revocations.key(&early).unwrap()).await.unwrap();
    _ = bus.learned(&authority, "after").await;
    let signer = TokenSigner { kid: "early".to_owned(), key: secret };
    let token = signer.sign(&crate::bus::claims(user(), 1)).unwrap();
    assert_eq!(authority.check(&token), Err(Refusal::TokenInvalid));
}
