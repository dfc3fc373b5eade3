//! One order as a live stream.

use crate::support::Stage;
use contracts::{ProblemCode, orders::OrderView};
use events::{
    auth::{User, UserFact},
    orders::{BanEffects, BanFact},
};
use futures::StreamExt;
use reqwest::Method;
use std::time::Duration;
use testkit::{Person, TestCaller};

struct Live(futures::stream::BoxStream<'static, String>, String);

impl Live {
    async fn open(caller: &TestCaller, path: &str) -> Self {
        let request = caller.request(Method::GET, path).header("accept", "text/event-stream");
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let chunks = response.bytes_stream().map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap());
        Self(chunks.boxed(), String::new())
    }

    /// The next event; nothing at the end of the stream.
    async fn next(&mut self) -> Option<OrderView> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                assert!(event.contains("event: order"), "{event}");
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                let order = serde_json::from_str(data).unwrap();
                let rest = rest.to_owned();
                self.1 = rest;
                return Some(order);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.unwrap()?;
            self.1.push_str(&chunk);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_sent_and_a_ban_ends_it() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let path = format!("/api/orders/{}", order.id);
    let mut live = Live::open(&caller, &path).await;
    assert_eq!(live.next().await.unwrap().version, 1);
    stage.pay(&order, ana.id()).await;
    let mut last = live.next().await.unwrap();
    while last.version < 3 {
        let next = live.next().await.unwrap();
        assert!(next.version > last.version);
        last = next;
    }
    assert_eq!(last.status, contracts::orders::OrderStatus::Complete);
    let ban = stage.world.ban(&ana).await.ban.unwrap().id.unwrap();
    assert_eq!(live.next().await, None);
    // Whichever comes first, the revocation or the fact, the stream is counted.
    let counted = |did: &BanEffects| did.ban == ban && did.streams_closed == 1;
    stage.world.bus.wait_for::<BanEffects>(BanFact::Applied, counted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_a_ban_closes_before_it_is_heard_of_counts_for_it() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let mut live = Live::open(&caller, &format!("/api/orders/{}", order.id)).await;
    live.next().await.unwrap();
    let user = stage.world.revoke(&ana).await;
    assert_eq!(live.next().await, None);
    testkit::eventually("the stream is counted", || async {
        (waiting(&stage, &ana).await == Some(1)).then_some(())
    })
    .await;
    stage.world.bus.publish(UserFact::Banned, &user).await;
    let of_ana = |did: &BanEffects| did.user == ana.id();
    let told = stage.world.bus.wait_for::<BanEffects>(BanFact::Applied, of_ana).await.state;
    assert_eq!((told.streams_closed, told.holds_released, told.version), (1, 1, 1));
}

/// Streams of hers that were closed and count for no ban yet.
async fn waiting(stage: &Stage, person: &Person) -> Option<i32> {
    sqlx::query_scalar("SELECT count FROM closed_streams WHERE user_id = $1")
        .bind(person.id())
        .fetch_optional(&stage.world.pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_counts_for_the_ban_that_closed_it_and_not_for_the_one_before() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (ana, _) = stage.buyer("Ana").await;
    let first = ana.banned("Fraud");
    stage.world.bus.publish(UserFact::Banned, &first).await;
    let (first_id, of_ana) =
        (first.ban.clone().unwrap().id.unwrap(), |did: &BanEffects| did.user == ana.id());
    stage.world.bus.wait_for::<BanEffects>(BanFact::Applied, of_ana).await;
    let back = User { ban: None, version: first.version + 1, ..first };
    stage.world.bus.publish(UserFact::Unbanned, &back).await;
    stage.world.bus.settled("orders-users").await;
    let again = Person { user: back, ..ana.clone() };
    let caller = stage.world.caller(&again);
    let order = stage.place(&caller, listing.id, 1).await;
    let mut live = Live::open(&caller, &format!("/api/orders/{}", order.id)).await;
    live.next().await.unwrap();

    // The copy knows of the next ban before its closed stream is counted, and its holds are not released yet.
    let mut counting = stage.world.pool.begin().await.unwrap();
    let (_, key) = ana.id().uuid().as_u64_pair();
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(key.cast_signed())
        .execute(&mut *counting)
        .await
        .unwrap();
    let next = stage.world.revoke(&again).await;
    let next_id = next.ban.clone().unwrap().id.unwrap();
    sqlx::query("UPDATE users SET banned = true, ban_id = $2, version = $3 WHERE id = $1")
        .bind(ana.id())
        .bind(next_id)
        .bind(next.version)
        .execute(&stage.world.pool)
        .await
        .unwrap();
    counting.rollback().await.unwrap();
    assert_eq!(live.next().await, None);
    assert_eq!(waiting(&stage, &ana).await, Some(1));

    // The former ban, heard of once more, takes nothing of it.
    let mut former = next.clone();
    (former.version, former.ban.as_mut().unwrap().id) = (next.version - 2, Some(first_id));
    stage.world.bus.publish(UserFact::Banned, &former).await;
    stage.world.bus.settled("orders-bans").await;
    stage.world.bus.publish(UserFact::Banned, &next).await;
    let of_next = |did: &BanEffects| did.ban == next_id;
    let told = stage.world.bus.wait_for::<BanEffects>(BanFact::Applied, of_next).await.state;
    assert_eq!((told.streams_closed, told.version), (1, 1));
    let all = stage.world.bus.all::<BanEffects>(BanFact::Applied).into_iter().map(|event| event.state);
    assert_eq!(all.filter(|did| did.ban == first_id).map(|did| did.streams_closed).sum::<u32>(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_stream_does_not_wait_for_another_ban() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let mut live = Live::open(&caller, &format!("/api/orders/{}", order.id)).await;
    live.next().await.unwrap();
    let banned = stage.world.revoke(&ana).await;
    assert_eq!(live.next().await, None);
    assert_eq!(waiting(&stage, &ana).await, Some(1));
    // The ban was over before it was heard of.
    let back = User { ban: None, version: banned.version + 1, ..banned };
    stage.world.bus.publish(UserFact::Unbanned, &back).await;
    stage.world.bus.settled("orders-users").await;
    assert_eq!(waiting(&stage, &ana).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn others_get_no_stream() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (_, ben) = stage.buyer("Ben").await;
    let order = stage.place(&ana, listing.id, 1).await;
    let request = ben.request(Method::GET, &format!("/api/orders/{}", order.id));
    testkit::caller::answer(request.header("accept", "text/event-stream"))
        .await
        .problem(ProblemCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_could_not_be_read_is_sent_as_soon_as_it_can() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (_, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let mut live = Live::open(&caller, &format!("/api/orders/{}", order.id)).await;
    assert_eq!(live.next().await.unwrap().version, 1);
    // The first reading of the change waits for a lock, and its session is ended while it waits.
    let mut lock = stage.world.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE shows IN ACCESS EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
    sqlx::query("UPDATE orders SET version = 2 WHERE id = $1")
        .bind(order.id)
        .execute(&stage.world.pool)
        .await
        .unwrap();
    testkit::eventually("the reading is ended", || async {
        let ended: Vec<bool> = sqlx::query_scalar(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%JOIN shows s%'",
        )
        .fetch_all(&stage.world.pool)
        .await
        .unwrap();
        (!ended.is_empty()).then_some(())
    })
    .await;
    lock.rollback().await.unwrap();
    assert_eq!(live.next().await.unwrap().version, 2);
}
