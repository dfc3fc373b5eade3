//! What stands on the bus.

use crate::audience::{Browser, world};
use reqwest::Method;
use serde_json::json;
use testkit::World;

/// `Nats-TTL` of the user's entry, in seconds.
async fn life(world: &World, user: &str) -> u64 {
    let jetstream = world.nats.jetstream("provisioner-revocations").await;
    let stream = jetstream.get_stream(auth::subjects::REVOCATIONS).await.unwrap();
    let subject = format!("$KV.revocations.u.{user}");
    let entry = stream.get_last_raw_message_by_subject(&subject).await.unwrap();
    entry.headers.get("Nats-TTL").expect("the entry has a life").as_str().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_ends_by_itself_after_any_token_also_of_a_second_ban() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    let longer_than_a_token = 15 * 60 + 30;
    for generation in [2, 3] {
        let receipt = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await.expect(200);
        assert_eq!(receipt.json["generation"], generation);
        let seconds = life(&world, ana.id()).await;
        assert!((longer_than_a_token..=960).contains(&seconds), "{seconds}");
        _ = admin.send(&world, Method::DELETE, &ban, &json!({ "note": "Appeal" })).await.expect(200);
        let seconds = life(&world, ana.id()).await;
        assert!((longer_than_a_token..=960).contains(&seconds), "an unban is an entry too: {seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_keep_what_the_lease_stands_on() {
    let world = world().await;
    let jetstream = world.nats.jetstream("provisioner-revocations").await;
    let stream = jetstream.get_stream(auth::subjects::REVOCATIONS).await.unwrap();
    let config = stream.cached_info().config.clone();
    assert!(config.max_messages_per_subject >= 8, "an entry written again must not remove one unread");
    assert!(config.allow_message_ttl && config.deny_delete && config.deny_purge && !config.allow_rollup);
}
