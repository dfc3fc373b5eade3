//! Effects happen once, whatever happens to messages and process.

use crate::parrot::{DURABLE, SERVICE, order, start};
use async_nats::jetstream::message::PublishMessage;
use events::{
    expiration::{Timer, TimerFact},
    faults::Step,
    orders::OrderFact,
};
use testkit::{Bus, World};

#[tokio::test]
async fn a_message_delivered_twice_has_one_effect() {
    let world = World::start(SERVICE, start, &[]).await;
    let order = order();
    let id = world.bus.publish(OrderFact::Placed, &order).await;
    world.bus.publish_as(id, OrderFact::Placed, &order).await;
    world.bus.settled(DURABLE).await;
    world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == order.id).await;
    assert_eq!(outbox_rows(&world).await, 1);
}

#[tokio::test]
async fn a_crash_at_any_step_leaves_one_effect() {
    let world = World::start(SERVICE, start, &[]).await;
    for step in Step::ALL {
        let order = order();
        world.faults.crash(DURABLE, *step, 2);
        world.bus.publish(OrderFact::Placed, &order).await;
        world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == order.id).await;
        world.bus.settled(DURABLE).await;
        assert!(world.faults.exhausted(), "{step:?}");
        let timers = world.bus.all::<Timer>(TimerFact::DeadlineReached);
        assert_eq!(timers.iter().filter(|timer| timer.state.order == order.id).count(), 1, "{step:?}");
    }
    assert_eq!(outbox_rows(&world).await, 3);
}

#[tokio::test]
async fn what_cannot_be_handled_is_parked_and_blocks_nothing() {
    let world = World::start(SERVICE, start, &[]).await;
    world.bus.publish(OrderFact::Cancelled, &order()).await;
    let orders = world.nats.jetstream("orders").await;
    let subject = format!("orders.order.{}.placed.v1", uuid::Uuid::now_v7());
    let garbage = PublishMessage::build().payload("not json".into());
    orders.send_publish(subject, garbage).await.expect("it is sent").await.expect("it is acknowledged");
    let good = order();
    world.bus.publish(OrderFact::Placed, &good).await;
    world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == good.id).await;
    world.bus.settled(DURABLE).await;
    let parked: Vec<(String,)> = sqlx::query_as("SELECT error FROM dead_letters ORDER BY stream_seq")
        .fetch_all(&world.pool)
        .await
        .expect("dead letters can be read");
    assert_eq!(parked.len(), 2, "{parked:?}");
    assert!(parked[0].0.contains("only placed orders are answered"));
}

#[tokio::test]
async fn a_place_in_a_stream_that_was_created_anew_is_another_message() {
    let mut world = World::start(SERVICE, start, &[]).await;
    world.bus.publish(OrderFact::Cancelled, &order()).await;
    dead_letters(&world, 1).await;
    world.nats.kill();
    world.nats.erase();
    world.nats.restart().await;
    world.nats.provision().await;
    Bus::connect(&world.nats).await.publish(OrderFact::Cancelled, &order()).await;
    dead_letters(&world, 2).await;
}

async fn dead_letters(world: &World, expected: i64) {
    testkit::eventually("the dead letters are kept", || async {
        let kept: i64 =
            sqlx::query_scalar("SELECT count(*) FROM dead_letters").fetch_one(&world.pool).await.ok()?;
        (kept == expected).then_some(())
    })
    .await;
}

async fn outbox_rows(world: &World) -> i64 {
    let (rows,): (i64,) = sqlx::query_as("SELECT count(*) FROM outbox")
        .fetch_one(&world.pool)
        .await
        .expect("the outbox can be read");
    rows
}
