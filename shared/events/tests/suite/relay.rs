//! Nothing committed is lost, also when the bus is away or comes back empty.

use crate::parrot::{DURABLE, SERVICE, order, start};
use events::{
    expiration::{Timer, TimerFact},
    orders::OrderFact,
};
use testkit::{Bus, World};

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
