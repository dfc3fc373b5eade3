//! What stands on the bus when writings cross.

use super::{Revoker, RevokerError};
use crate::{config::public_half, store};
use auth::{
    Authority, AuthorityConfig,
    issue::{RevocationSigner, SecretKey},
    pull::Position,
    revocation::{Kind, LIFE_SECONDS, ReasonCode, Revocation},
    subjects,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contracts::Timestamp;
use service::Clock;
use sqlx::PgPool;
use testkit::{NatsServer, TestDatabase, eventually};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

const SECRET: [u8; 32] = [7; 32];

/// A revoker with a bus and a database; nobody reconciles.
struct Rig {
    revoker: Revoker,
    pool: PgPool,
    nats: NatsServer,
    _database: TestDatabase,
    _stop: tokio_util::sync::DropGuard,
}

async fn rig() -> Rig {
    let (database, nats) = (TestDatabase::create().await, NatsServer::start().await);
    let pool = service::db::open(&database.url, &sqlx::migrate!()).await.unwrap();
    let config = AuthorityConfig {
        service: "auth".to_owned(),
        instance: "auth-1".to_owned(),
        nats_url: nats.url("auth-revocations"),
        revocation_public_key: hex::encode(public_half(&SECRET)),
        public_origin: testkit::world::ORIGIN.to_owned(),
        plain_cookies: true,
        pull: None,
    };
    let stop = CancellationToken::new();
    let authority = Authority::connect(config, &TaskTracker::new(), &stop).await.unwrap();
    let signer = RevocationSigner(SecretKey::new(&SECRET));
    let revoker = Revoker::new(&authority, signer, pool.clone(), Clock::system());
    Rig { revoker, pool, nats, _database: database, _stop: stop.drop_guard() }
}

impl Rig {
    async fn store(&self, revocation: &Revocation) {
        store::revocations::put(&mut self.pool.acquire().await.unwrap(), revocation).await.unwrap();
    }

    /// The claims of the newest entry, if there is one.
    async fn entry(&self, subject: &str) -> Option<serde_json::Value> {
        let jetstream = self.nats.jetstream("provisioner-revocations").await;
        let stream = jetstream.get_stream(subjects::REVOCATIONS).await.ok()?;
        let message = stream.get_last_raw_message_by_subject(subject).await.ok()?;
        let claims = std::str::from_utf8(&message.payload).unwrap().split('.').nth(1).unwrap();
        Some(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap())
    }
}

fn ban(user: Uuid, generation: i64, at: Timestamp) -> Revocation {
    Revocation {
        kind: Kind::User,
        id: user,
        generation,
        expires_at: at + TimeDelta::seconds(LIFE_SECONDS),
        reason_code: ReasonCode::Banned,
        actor: None,
        at,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_written_late_does_not_stay_the_newest() {
    let rig = rig().await;
    let (user, now) = (Uuid::now_v7(), Clock::system().now());
    let (old, new) = (ban(user, 2, now), ban(user, 3, now + TimeDelta::milliseconds(5)));
    rig.store(&old).await;
    rig.store(&new).await;
    assert!(rig.revoker.spread(std::slice::from_ref(&new)).await);
    // Somebody read the old one before the new one was committed, and only now comes to write it.
    rig.revoker.write_and_note(&old).await.unwrap();
    assert_eq!(rig.entry(&new.subject()).await.unwrap()["gen"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_commits_while_all_is_written_again_ends_up_the_newest() {
    let rig = rig().await;
    let now = Clock::system().now();
    let others = r"
        INSERT INTO revocations (kind, subject_id, generation, reason_code, at, expires_at)
        SELECT 'user', gen_random_uuid(), 2, 'banned', $1, $1 + interval '16 minutes' FROM generate_series(1, 1000)
    ";
    for _ in 0..20 {
        sqlx::query(others).bind(now - TimeDelta::minutes(10)).execute(&rig.pool).await.unwrap();
    }
    // Read last, so it is written last.
    let user = Uuid::now_v7();
    let old = ban(user, 2, now - TimeDelta::minutes(10));
    rig.store(&old).await;
    let writing = tokio::spawn({
        let revoker = rig.revoker.clone();
        async move { revoker.write_everything().await }
    });
    let jetstream = rig.nats.jetstream("provisioner-revocations").await;
    eventually("all is being written", || async {
        let stream = jetstream.get_stream(subjects::REVOCATIONS).await.ok()?;
        (stream.cached_info().state.messages > 20).then_some(())
    })
    .await;
    // Its time was taken before its transaction waited for a lock.
    let new = ban(user, 3, now - TimeDelta::seconds(5));
    rig.store(&new).await;
    assert!(rig.revoker.spread(std::slice::from_ref(&new)).await);
    assert!(!writing.is_finished(), "the writings crossed");
    writing.await.unwrap().unwrap();
    assert_eq!(rig.entry(&new.subject()).await.unwrap()["gen"], 3);
    assert_eq!(rig.entry(subjects::COMPLETE).await.unwrap()["revocations"], 20_001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_created_anew_in_the_middle_is_not_called_complete() {
    let rig = rig().await;
    rig.revoker.write_everything().await.unwrap();
    let before = rig.revoker.stream().await.unwrap();
    assert_eq!(rig.entry(subjects::COMPLETE).await.unwrap()["stream"], before);
    let provisioner = rig.nats.jetstream("provisioner-revocations").await;
    provisioner.delete_stream(subjects::REVOCATIONS).await.unwrap();
    rig.nats.provision().await;
    let position = Position { history: Uuid::now_v7(), cursor: 0 };
    let said = rig.revoker.complete(before.clone(), 0, position).await;
    assert!(matches!(said, Err(RevokerError::Recreated)), "{said:?}");
    assert_eq!(rig.entry(subjects::COMPLETE).await, None, "the new stream is empty");
    rig.revoker.write_everything().await.unwrap();
    assert_ne!(rig.entry(subjects::COMPLETE).await.unwrap()["stream"], before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_is_not_written_and_not_noted_as_acknowledged() {
    let rig = rig().await;
    let user = Uuid::now_v7();
    let expired = ban(user, 2, Clock::system().now() - TimeDelta::seconds(LIFE_SECONDS));
    rig.store(&expired).await;
    rig.revoker.write_and_note(&expired).await.unwrap();
    let acknowledged: Option<Timestamp> =
        sqlx::query_scalar("SELECT acknowledged_at FROM revocations WHERE subject_id = $1")
            .bind(user)
            .fetch_one(&rig.pool)
            .await
            .unwrap();
    assert_eq!(acknowledged, None);
    assert!(rig.entry(&expired.subject()).await.is_none());
}
