//! Revocations on their way from auth to an instance.

use crate::bus::{Bus, ban, claims, ready, user, within};
use async_nats::jetstream::context::traits::Publisher;
use auth::{
    Refusal,
    issue::{RevocationSigner, SecretKey},
    revocation::{Applied, Kind, ReasonCode, Revocation},
    subjects,
};
use chrono::{TimeDelta, Utc};
use futures::StreamExt;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_is_effective_and_reported_and_an_unban_lets_only_new_tokens_in() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let auth = bus.client("auth").await;
    let mut applied = auth.subscribe(subjects::ALL_APPLIED).await.unwrap();
    auth.flush().await.unwrap();
    let person = user();
    let old = bus.token(person, 1);
    let identity = authority.check(&old).unwrap();
    let closing = tokio::spawn({
        let authority = authority.clone();
        async move { authority.revoked(&identity).await }
    });

    bus.revoke(&ban(person, 2)).await;
    let took =
        within(2 * SECOND, "the ban", || authority.check(&old) == Err(Refusal::AccountSuspended)).await;
    assert!(took < Duration::from_millis(500), "{took:?} on an idle machine's bus");
    assert_eq!(closing.await.unwrap(), Refusal::AccountSuspended, "live streams are closed");
    let message = applied.next().await.unwrap();
    assert_eq!(subjects::instance_of(&message.subject), Some(("orders", "orders-1")));
    let told: Applied = serde_json::from_slice(&message.payload).unwrap();
    assert_eq!((told.kind, told.id, told.generation), (Kind::User, person.uuid(), 2));

    bus.revoke(&Revocation { reason_code: ReasonCode::Unbanned, at: Utc::now(), ..ban(person, 2) }).await;
    within(SECOND, "the unban", || authority.check(&old) == Err(Refusal::SessionRevoked)).await;
    assert!(authority.check(&bus.token(person, 2)).is_ok(), "a new sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_is_refused_and_others_of_the_user_go_on() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let person = user();
    let ended = claims(person, 1);
    let (old, other) = (bus.tokens.sign(&ended).unwrap(), bus.token(person, 1));
    assert!(authority.check(&old).is_ok());
    let revocation = Revocation {
        kind: Kind::Session,
        id: ended.sid.uuid(),
        reason_code: ReasonCode::SignedOut,
        generation: 0,
        ..ban(person, 0)
    };
    bus.revoke(&revocation).await;
    within(SECOND, "the end", || authority.check(&old) == Err(Refusal::SessionRevoked)).await;
    assert!(authority.check(&other).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_auth_signed_for_that_key_counts() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let (person, other) = (user(), user());
    let token = bus.token(person, 1);
    let stranger = RevocationSigner(SecretKey::new(&rand::random()));
    let forged = ban(person, 9);
    bus.write("auth", &forged.subject(), stranger.revocation(&forged).unwrap()).await.unwrap();
    bus.write("auth", &forged.subject(), "not a signature".to_owned()).await.unwrap();
    // Genuine, but of somebody else.
    let value = bus.revocations.revocation(&ban(other, 9)).unwrap();
    bus.write("auth", &forged.subject(), value).await.unwrap();
    // A genuine one at last, so that the others have surely been seen.
    bus.revoke(&ban(other, 2)).await;
    let others = bus.token(other, 1);
    within(SECOND, "the ban", || authority.check(&others) == Err(Refusal::AccountSuspended)).await;
    assert!(authority.check(&token).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_disappears_is_remembered() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let person = user();
    let token = bus.token(person, 1);
    let revocation = ban(person, 2);
    let message = async_nats::jetstream::message::PublishMessage::build()
        .ttl(SECOND)
        .payload(bus.revocations.revocation(&revocation).unwrap().into())
        .outbound_message(revocation.subject());
    let jetstream = async_nats::jetstream::new(bus.client("auth").await);
    jetstream.publish_message(message).await.unwrap().await.unwrap();
    within(SECOND, "the ban", || authority.check(&token) == Err(Refusal::AccountSuspended)).await;
    tokio::time::sleep(3 * SECOND).await;
    assert_eq!(authority.check(&token), Err(Refusal::AccountSuspended));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_starts_later_learns_the_last_value_of_each_entry() {
    let bus = Bus::start().await;
    let (banned, unbanned, expired) = (user(), user(), user());
    bus.revoke(&ban(banned, 2)).await;
    bus.revoke(&ban(unbanned, 2)).await;
    bus.revoke(&Revocation { reason_code: ReasonCode::Unbanned, at: Utc::now(), ..ban(unbanned, 2) }).await;
    bus.revoke(&Revocation { expires_at: Utc::now() - TimeDelta::seconds(1), ..ban(expired, 2) }).await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    assert_eq!(authority.check(&bus.token(banned, 1)), Err(Refusal::AccountSuspended));
    assert_eq!(authority.check(&bus.token(unbanned, 1)), Err(Refusal::SessionRevoked));
    assert!(authority.check(&bus.token(unbanned, 2)).is_ok());
    assert!(authority.check(&bus.token(expired, 1)).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_starts_is_not_misled_by_an_older_ban_that_was_written_last() {
    let bus = Bus::start().await;
    let person = user();
    bus.revoke(&ban(person, 3)).await;
    bus.revoke(&ban(person, 2)).await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    assert_eq!(authority.check(&bus.token(person, 2)), Err(Refusal::AccountSuspended));
    assert!(authority.check(&bus.token(person, 3)).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_service_but_auth_may_write_what_counts() {
    let bus = Bus::start().await;
    bus.open().await;
    let revocation = ban(user(), 2);
    let value = bus.revocations.revocation(&revocation).unwrap();
    for subject in
        [&revocation.subject(), subjects::COMPLETE, &subjects::key("first"), "$KV.revocations.hb.tickets.x"]
    {
        assert!(bus.write("orders", subject, value.clone()).await.is_err(), "{subject}");
    }
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Nats-Rollup", "all");
    for service in ["orders", "auth"] {
        let jetstream = async_nats::jetstream::new(bus.client(service).await);
        let subject = subjects::marker(service, "x");
        let ack = jetstream.publish_with_headers(subject, headers.clone(), "1".into()).await.unwrap();
        assert!(ack.await.is_err(), "a roll-up would erase every ban");
    }
}
