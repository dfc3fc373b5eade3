//! Taking messages: what is behind, what is given back, what is held.

use crate::{
    parrot::{DURABLE, SERVICE},
    stage::{Gate, Stage, consume, publish_orders},
};
use events::topology::ACK_WAIT;
use std::time::Duration;
use testkit::eventually;

#[tokio::test]
async fn a_consumer_is_behind_until_it_has_handled_everything() {
    let stage = Stage::new().await;
    publish_orders(&stage, 3).await;
    let instance = stage.instance().await;
    assert!(instance.is_behind(DURABLE), "it has not looked yet");
    let gate = Gate::new(2, Duration::ZERO);
    let (stop, _) = consume(&instance, &gate);
    let _stopped = stop.drop_guard();
    eventually("the third order is at hand", || async { (gate.begun() == 3).then_some(()) }).await;
    assert!(instance.is_behind(DURABLE), "one is not handled yet");
    gate.permits.add_permits(100);
    eventually("nothing is left", || async { (!instance.is_behind(DURABLE)).then_some(()) }).await;
    stage.bus.settled(DURABLE).await;
}

#[tokio::test]
async fn a_consumer_is_behind_while_the_bus_is_away() {
    let mut stage = Stage::new().await;
    let instance = stage.instance().await;
    let (stop, _) = consume(&instance, &Gate::new(100, Duration::ZERO));
    let _stopped = stop.drop_guard();
    eventually("nothing is left", || async { (!instance.is_behind(DURABLE)).then_some(()) }).await;
    stage.nats.kill();
    eventually("the loss is noticed", || async { instance.is_behind(DURABLE).then_some(()) }).await;
    stage.nats.restart().await;
    eventually("nothing is left", || async { (!instance.is_behind(DURABLE)).then_some(()) }).await;
}

#[tokio::test]
async fn what_another_instance_handled_is_not_waited_for() {
    let stage = Stage::new().await;
    let (idle, busy) = (stage.instance().await, stage.instance().await);
    let blocked = Gate::new(0, Duration::ZERO);
    let (stop_idle, _) = consume(&idle, &blocked);
    let _stopped = stop_idle.drop_guard();
    eventually("the first instance looks", || async { (!idle.is_behind(DURABLE)).then_some(()) }).await;
    publish_orders(&stage, 1).await;
    eventually("it takes the order", || async { (blocked.begun() == 1).then_some(()) }).await;
    let (stop_busy, _) = consume(&busy, &Gate::new(100, Duration::ZERO));
    let _stopped_too = stop_busy.drop_guard();
    publish_orders(&stage, 40).await;
    assert!(idle.is_behind(DURABLE));
    blocked.permits.add_permits(100);
    eventually("nothing is left", || async { (!idle.is_behind(DURABLE)).then_some(()) }).await;
}

#[tokio::test]
async fn an_instance_that_stops_gives_back_what_it_took() {
    let stage = Stage::new().await;
    publish_orders(&stage, 12).await;
    let (first, second) = (stage.instance().await, stage.instance().await);
    let slow = Gate::new(0, Duration::ZERO);
    let (stop, ended) = consume(&first, &slow);
    eventually("an order is at hand", || async { (slow.begun() == 1).then_some(()) }).await;
    stop.cancel();
    slow.permits.add_permits(1);
    ended.await.expect("it ends");
    assert_eq!(slow.begun(), 1, "it finishes what is at hand and begins nothing");
    let quick = Gate::new(100, Duration::ZERO);
    let (stop, _) = consume(&second, &quick);
    let _stopped = stop.drop_guard();
    let taken = eventually("the other eleven are handled", || async { (quick.begun() == 11).then_some(()) });
    tokio::time::timeout(ACK_WAIT / 2, taken).await.expect("nothing waits for the instance that stopped");
    stage.bus.settled(DURABLE).await;
    assert_eq!(quick.begun(), 11, "the one that was finished does not come again");
}

#[tokio::test]
async fn a_handler_may_take_longer_than_a_message_is_waited_for() {
    let stage = Stage::new().await;
    publish_orders(&stage, 2).await;
    let (first, second) = (stage.instance().await, stage.instance().await);
    let slow = Gate::new(2, ACK_WAIT + Duration::from_secs(1));
    let (stop, _) = consume(&first, &slow);
    let _stopped = stop.drop_guard();
    eventually("an order is at hand", || async { (slow.begun() == 1).then_some(()) }).await;
    let idle = Gate::new(100, Duration::ZERO);
    let (stop, _) = consume(&second, &idle);
    let _stopped_too = stop.drop_guard();
    eventually("the second is at hand", || async { (slow.begun() == 2).then_some(()) }).await;
    stage.bus.settled(DURABLE).await;
    assert_eq!((slow.begun(), idle.begun()), (2, 0), "{SERVICE} handled each once");
}

#[tokio::test]
async fn messages_of_a_dead_instance_wait_only_shortly() {
    let stage = Stage::new().await;
    publish_orders(&stage, 5).await;
    let (first, second) = (stage.instance().await, stage.instance().await);
    let stuck = Gate::new(0, Duration::ZERO);
    let (_stop, dead) = consume(&first, &stuck);
    eventually("an order is at hand", || async { (stuck.begun() == 1).then_some(()) }).await;
    dead.abort();
    let quick = Gate::new(100, Duration::ZERO);
    let (stop, _) = consume(&second, &quick);
    let _stopped = stop.drop_guard();
    let taken = eventually("all are handled", || async { (quick.begun() == 5).then_some(()) });
    let bound = ACK_WAIT + Duration::from_secs(3);
    tokio::time::timeout(bound, taken).await.expect("they come again soon");
}
