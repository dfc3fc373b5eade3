//! The freshness lease when the bus is healthy, empty, paused, restarted and emptied.

use crate::bus::{Bus, ban, ready, user, within};
use auth::Refusal;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_lease_before_auth_has_written_everything() {
    let bus = Bus::start().await;
    let authority = bus.authority().await;
    let token = bus.token(user(), 1);
    tokio::time::sleep(SECOND).await;
    assert_eq!(authority.check(&token), Err(Refusal::NoKeys));
    assert!(authority.lease_left().is_none(), "an empty bucket and one's own marker prove nothing");
    bus.open().await;
    ready(&authority).await;
    assert!(authority.check(&token).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_that_hangs_ends_the_lease_within_two_seconds() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let token = bus.token(user(), 1);
    assert!(authority.check(&token).is_ok());
    bus.signal("STOP");
    let blind = within(3 * SECOND, "failing closed", || authority.check(&token) == Err(Refusal::Stale)).await;
    assert!(blind <= 2 * SECOND + Duration::from_millis(50), "{blind:?}");
    bus.signal("CONT");
    within(5 * SECOND, "a lease", || authority.check(&token).is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_bus_is_followed_again() {
    let mut bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let before = user();
    bus.revoke(&ban(before, 2)).await;
    bus.restart(true).await;
    let after = user();
    let (old, new, free) = (bus.token(before, 1), bus.token(after, 1), bus.token(user(), 1));
    within(10 * SECOND, "a lease", || authority.check(&free).is_ok()).await;
    // The server may have died between its acknowledgement and the delivery.
    within(2 * SECOND, "the first ban", || authority.check(&old) == Err(Refusal::AccountSuspended)).await;
    within(5 * SECOND, "a lease", || authority.check(&new).is_ok()).await;
    bus.revoke(&ban(after, 2)).await;
    within(SECOND, "the ban", || authority.check(&new) == Err(Refusal::AccountSuspended)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_created_anew_proves_nothing_until_auth_has_written_everything_again() {
    let mut bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let banned = user();
    bus.revoke(&ban(banned, 2)).await;
    let (old, free) = (bus.token(banned, 1), bus.token(user(), 1));
    within(SECOND, "the ban", || authority.check(&old) == Err(Refusal::AccountSuspended)).await;
    bus.restart(false).await;
    tokio::time::sleep(4 * SECOND).await;
    assert_eq!(authority.check(&free), Err(Refusal::Stale));
    assert_eq!(authority.check(&old), Err(Refusal::AccountSuspended), "what is known is kept");
    bus.complete().await;
    within(5 * SECOND, "a lease", || authority.check(&free).is_ok()).await;
    assert_eq!(authority.check(&old), Err(Refusal::AccountSuspended), "what is known is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_deleted_under_the_watcher_ends_the_lease() {
    let bus = Bus::start().await;
    bus.open().await;
    let authority = bus.authority().await;
    ready(&authority).await;
    let token = bus.token(user(), 1);
    let old = bus.stream().await;
    let admin = async_nats::jetstream::new(bus.client("provisioner").await);
    admin.delete_stream(auth::subjects::REVOCATIONS).await.unwrap();
    bus.provision().await;
    within(3 * SECOND, "failing closed", || authority.check(&token) == Err(Refusal::Stale)).await;
    tokio::time::sleep(3 * SECOND).await;
    assert_eq!(authority.check(&token), Err(Refusal::Stale), "nothing was written into the new stream");
    bus.complete_of(old).await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(authority.check(&token), Err(Refusal::Stale), "that was said of the old stream");
    bus.complete().await;
    within(5 * SECOND, "a lease", || authority.check(&token).is_ok()).await;
}
