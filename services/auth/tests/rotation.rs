//! Signing keys are replaced while people come and go.

use crate::audience::{Browser, SECRET, cookie, orders_authority, world};
use auth::Refusal;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::ProblemCode;
use serde_json::Value;
use service::Env;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use testkit::{World, eventually, hostile::Forger, world::ORIGIN};
use tokio_util::sync::CancellationToken;

/// The operator's command, with the environment of the service.
async fn rotate(world: &World, arguments: &[&str]) -> anyhow::Result<String> {
    let env = Env::of(BTreeMap::from([
        ("DATABASE_URL", world.database_url().to_owned()),
        ("NATS_REVOCATIONS_URL", world.nats.url("auth-revocations")),
        ("REVOCATION_SECRET_KEY", hex::encode(SECRET)),
    ]));
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    auth_service::rotate_keys(&env, &arguments).await
}

/// The key that signed a token.
fn kid(token: &str) -> String {
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn published(world: &World) -> Vec<String> {
    let keys = world.anybody().get("/api/auth/jwks.json").await.expect(200).json;
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_with_refreshes_goes_on_through_a_rotation() {
    let world = world().await;
    let stop = CancellationToken::new();
    let orders = orders_authority(&world, &stop).await;
    let (mut ana, stays) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Ben").await);
    let old = kid(&ana.access);
    let said = rotate(&world, &["--in", "4"]).await.unwrap();
    assert!(said.contains(&old), "{said}");
    let new = published(&world).await.into_iter().find(|kid| *kid != old).expect("published at once");
    let signed_by_new = async {
        let mut refreshes = 0_u32;
        while kid(&ana.access) != new {
            // Nobody but the test looks which key it is: every answer must be a good one.
            let answer = ana.refreshes(&world).await.expect(200);
            ana = Browser { access: cookie(&answer, "access"), refresh: cookie(&answer, "refresh"), ..ana };
            refreshes += 1;
            for token in [&ana.access, &stays.access] {
                orders.check(token).expect("orders accepts it");
            }
            _ = ana.get(&world, "/api/auth/whoami").await.expect(200);
            _ = stays.get(&world, "/api/auth/whoami").await.expect(200);
        }
        refreshes
    };
    let refreshes = tokio::time::timeout(testkit::PATIENCE, signed_by_new).await.expect("the new key signs");
    assert!(refreshes > 10, "only {refreshes} refreshes: nothing was shown");
    // Both count until the last token of the old one has died.
    assert_eq!(kid(&stays.access), old);
    orders.check(&stays.access).unwrap();
    _ = stays.get(&world, "/api/auth/whoami").await.expect(200);
    assert_eq!(published(&world).await.len(), 2);
    let life = "SELECT retires_at - now() FROM signing_keys WHERE kid = $1";
    let life: sqlx::postgres::types::PgInterval =
        sqlx::query_scalar(life).bind(&old).fetch_one(&world.pool).await.unwrap();
    let seconds = life.microseconds / 1_000_000;
    assert!((15 * 60 + 5..=16 * 60).contains(&seconds), "the old key retires in {seconds} s");
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tokens_of_a_leaked_key_are_refused_everywhere_within_two_seconds() {
    let world = world().await;
    let stop = CancellationToken::new();
    let orders = orders_authority(&world, &stop).await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let (kid_of_old, seed): (String, Vec<u8>) =
        sqlx::query_as("SELECT kid, seed FROM signing_keys").fetch_one(&world.pool).await.unwrap();
    let thief = Forger::new(&kid_of_old, &seed.try_into().unwrap(), ORIGIN);
    let identity = orders.check(&thief.good()).expect("a thief has the key");
    let stream = tokio::spawn({
        let orders = orders.clone();
        async move { orders.revoked(&identity).await }
    });

    let said = rotate(&world, &["--leaked"]).await.unwrap();
    let acknowledged = Instant::now();
    assert!(said.contains(&kid_of_old), "{said}");
    eventually("orders refuses the thief", || async {
        (orders.check(&thief.good()) == Err(Refusal::TokenInvalid)).then_some(())
    })
    .await;
    assert!(acknowledged.elapsed() < Duration::from_secs(2), "{:?}", acknowledged.elapsed());
    assert_eq!(orders.check(&ana.access), Err(Refusal::TokenInvalid));
    assert_eq!(stream.await.unwrap(), Refusal::TokenInvalid, "what is open is closed");
    eventually("auth refuses it too", || async {
        (ana.get(&world, "/api/auth/whoami").await.status == 401).then_some(())
    })
    .await;
    ana.get(&world, "/api/auth/whoami").await.problem(ProblemCode::TokenInvalid);

    let early: bool = sqlx::query_scalar(
        "SELECT retires_at <= now() - interval '10 seconds' FROM signing_keys WHERE kid = $1",
    )
    .bind(&kid_of_old)
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert!(early, "a reader whose clock is slow by the leeway refuses it too");
    let signs: bool = sqlx::query_scalar(
        "SELECT not_before <= now() - interval '10 seconds' FROM signing_keys WHERE kid <> $1",
    )
    .bind(&kid_of_old)
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert!(signs, "an instance of auth whose clock is slow has a key to sign with");
    let answer = ana.refreshes(&world).await.expect(200);
    let fresh = Browser { access: cookie(&answer, "access"), ..ana };
    orders.check(&fresh.access).expect("the new key was published before it signed");
    assert_ne!(kid(&fresh.access), kid_of_old);
    assert_eq!(published(&world).await, [kid(&fresh.access)]);
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_stands_in_the_audit_and_two_do_not_overlap() {
    let world = world().await;
    rotate(&world, &["--in", "60"]).await.unwrap();
    let error = rotate(&world, &["--in", "60"]).await.unwrap_err();
    assert!(error.to_string().contains("under way"), "{error}");
    rotate(&world, &["--leaked"]).await.unwrap();
    let usable: i64 = sqlx::query_scalar("SELECT count(*) FROM signing_keys WHERE retires_at IS NULL")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(usable, 1, "a leak ends the key to come as well");
    let admin = Browser::admin(&world, "Root").await;
    let audit = eventually("the new key is known", || async {
        let answer = admin.get(&world, "/api/auth/admin/audit").await;
        (answer.status == 200).then_some(answer.json)
    })
    .await;
    let acts: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert_eq!(acts, ["keys.retire_leaked", "keys.rotate"]);
    assert_eq!(audit["items"][0]["actor_name"], "Operator");
    assert!(audit["items"][0]["subject"].is_null());
}
