//! Nothing committed is lost and no aggregate's facts change places, whatever happens to relay, bus and database.

use crate::{
    parrot::{DURABLE, SERVICE, order, start},
    stage::Stage,
};
use contracts::ids::OrderId;
use events::{
    Faults,
    expiration::{Timer, TimerFact},
    faults::{RELAY, Step},
    orders::OrderFact,
};
use std::time::Duration;
use testkit::{Bus, World};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn what_was_committed_while_the_bus_was_away_is_published_when_it_is_back() {
    let mut world = World::start(SERVICE, start, &[]).await;
    world.bus.publish(OrderFact::Placed, &order()).await;
    world.bus.settled(DURABLE).await;
    world.nats.kill();
    let late = order();
    let timer = Timer { order: late.id, due_at: late.expires_at, version: 1 };
    let mut tx = world.pool.begin().await.expect("a transaction");
    events::outbox::publish(&mut tx, TimerFact::DeadlineReached, &timer).await.expect("it is written");
    tx.commit().await.expect("it is committed");
    world.nats.restart().await;
    let bus = Bus::connect(&world.nats).await;
    bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == late.id).await;
}

#[tokio::test]
async fn a_bus_that_lost_everything_is_filled_from_the_outbox() {
    let mut world = World::start(SERVICE, start, &[]).await;
    let order = order();
    world.bus.publish(OrderFact::Placed, &order).await;
    world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == order.id).await;
    world.nats.kill();
    world.nats.erase();
    world.nats.restart().await;
    world.nats.provision().await;
    let bus = Bus::connect(&world.nats).await;
    bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == order.id).await;
}

#[tokio::test]
async fn an_error_of_the_database_while_marking_stops_no_publication() {
    let stage = Stage::new().await;
    sqlx::raw_sql(
        r"
        CREATE SEQUENCE marks;
        CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('marks') = 1 THEN RAISE 'once'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fail_once BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION fail_once();
        ",
    )
    .execute(&stage.pool)
    .await
    .expect("the trigger is made");
    // The instance has idle connections: the one that failed is not simply the next one.
    let instance_pool = stage.open_pool(4).await;
    let instance = stage.instance_on(instance_pool).await;
    let stop = CancellationToken::new();
    let _stopped = stop.clone().drop_guard();
    tokio::spawn(instance.relay(stop));
    let id: OrderId = service::new_id();
    for version in 1..=3 {
        stage.publish_slowly(id, version, Duration::ZERO).await;
    }
    stage.outbox_is_done().await;
    assert_eq!(stage.versions(id), [1, 2, 3]);
}

#[tokio::test]
async fn a_crash_after_publishing_and_before_marking_publishes_nothing_twice() {
    let stage = Stage::new().await;
    let instance = stage.instance().await;
    let faults = Faults::planned_for(&stage.nats.url(SERVICE));
    faults.crash(RELAY, Step::Published, 2);
    let stop = CancellationToken::new();
    let _stopped = stop.clone().drop_guard();
    tokio::spawn(instance.relay(stop));
    let id: OrderId = service::new_id();
    for version in 1..=3 {
        stage.publish_slowly(id, version, Duration::ZERO).await;
    }
    stage.outbox_is_done().await;
    assert!(faults.exhausted());
    assert_eq!(stage.versions(id), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_and_open_transactions_keep_each_aggregate_s_order() {
    const VERSIONS: i64 = 8;
    let stage = Stage::new().await;
    let (first, second) = (CancellationToken::new(), CancellationToken::new());
    let _stopped = second.clone().drop_guard();
    tokio::spawn(stage.instance().await.relay(first.clone()));
    tokio::spawn(stage.instance().await.relay(second));
    let ids: Vec<OrderId> = (0..24).map(|_| service::new_id()).collect();
    // Each aggregate's own transactions follow each other; those of different aggregates lie across each other,
    // so that rows become visible in another order than they were numbered.
    let writing = ids.iter().enumerate().map(|(at, id)| {
        let stage = &stage;
        async move {
            for version in 1..=VERSIONS {
                let open = (at as u64 * 7 + version.unsigned_abs() * 13) % 40;
                stage.publish_slowly(*id, version, Duration::from_millis(open)).await;
            }
        }
    });
    let writing = futures::future::join_all(writing);
    tokio::join!(writing, async {
        // One relay ends in the middle: its lanes pass to the other.
        tokio::time::sleep(Duration::from_millis(120)).await;
        first.cancel();
    });
    stage.outbox_is_done().await;
    let expected: Vec<i64> = (1..=VERSIONS).collect();
    for id in ids {
        testkit::eventually("every version is heard", || async {
            (stage.versions(id).len() >= expected.len()).then_some(())
        })
        .await;
        assert_eq!(stage.versions(id), expected);
    }
}

#[tokio::test]
async fn handled_messages_are_forgotten_when_the_stream_cannot_bring_them_again() {
    let stage = Stage::new().await;
    sqlx::query(
        r"
        INSERT INTO inbox (consumer, message_id, handled_at)
        SELECT 'expiration-orders', gen_random_uuid(), now() - make_interval(days => age)
        FROM unnest(ARRAY[0, 30, 37, 39, 400]) AS age
        ",
    )
    .execute(&stage.pool)
    .await
    .expect("the inbox can be written");
    let stop = CancellationToken::new();
    let _stopped = stop.clone().drop_guard();
    tokio::spawn(stage.instance().await.relay(stop));
    testkit::eventually("what is too old is forgotten", || async {
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM inbox").fetch_one(&stage.pool).await.ok()?;
        (left == 3).then_some(())
    })
    .await;
    let kept = "SELECT bool_and(handled_at > now() - interval '38 days') FROM inbox";
    let kept: bool = sqlx::query_scalar(kept).fetch_one(&stage.pool).await.expect("the inbox can be read");
    assert!(kept);
}
