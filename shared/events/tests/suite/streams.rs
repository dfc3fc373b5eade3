//! What the provisioner makes is what readers of the streams rely on.

use crate::parrot::{DURABLE, order};
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use events::{orders::OrderFact, topology};
use std::time::Duration;
use testkit::{Bus, NatsServer, eventually};

#[tokio::test]
async fn the_last_state_of_each_aggregate_stands_under_its_own_subject() {
    let nats = NatsServer::start().await;
    let bus = Bus::connect(&nats).await;
    let (mut first, second) = (order(), order());
    bus.publish(OrderFact::Placed, &first).await;
    bus.publish(OrderFact::Placed, &second).await;
    first.version = 2;
    bus.publish(OrderFact::Cancelled, &first).await;
    let provisioner = nats.jetstream("provisioner").await;
    let mut state = provisioner.get_stream(topology::STATE).await.expect("the stream is there");
    let subject = format!("state.orders.order.{}", first.id);
    let last = eventually("the second fact replaces the first", || async {
        let message = state.get_last_raw_message_by_subject(&subject).await.ok()?;
        let last: events::orders::Order = serde_json::from_slice(&message.payload).ok()?;
        (last.version == 2).then_some(last)
    })
    .await;
    assert_eq!(last, first);
    let other = format!("state.orders.order.{}", second.id);
    assert!(state.get_last_raw_message_by_subject(&other).await.is_ok());
    assert_eq!(state.info().await.expect("the stream answers").state.messages, 2);
}

#[tokio::test]
async fn provisioning_again_brings_consumers_up_to_date() {
    let nats = NatsServer::start().await;
    let provisioner = nats.jetstream("provisioner").await;
    let spec = topology::CONSUMERS.iter().find(|spec| spec.durable() == DURABLE).expect("it is declared");
    let outdated = pull::Config {
        durable_name: Some(DURABLE.to_owned()),
        filter_subjects: spec.filters.iter().map(|filter| (*filter).to_owned()).collect(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(30),
        ..Default::default()
    };
    provisioner.create_consumer_on_stream(outdated, topology::EVENTS).await.expect("it can be changed");
    nats.provision().await;
    let consumer: PullConsumer =
        provisioner.get_consumer_from_stream(DURABLE, topology::EVENTS).await.expect("it is there");
    assert_eq!(consumer.cached_info().config.ack_wait, topology::ACK_WAIT);
    assert_eq!(consumer.cached_info().config.max_ack_pending, topology::MAX_ACK_PENDING);
}
