//! The other services' side of the bus: publishing their facts, and reading what the tested one publishes.

use crate::{NatsServer, nats};
use async_nats::jetstream::{
    self,
    consumer::{PullConsumer, pull},
    message::PublishMessage,
};
use contracts::{Timestamp, ids::EventId};
use events::{Aggregate, Outgoing, Received, topology};
use futures::StreamExt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// Publishes as any service and hears everything.
pub struct Bus {
    port: u16,
    /// By service, connected when first used.
    publishers: tokio::sync::Mutex<HashMap<&'static str, jetstream::Context>>,
    provisioner: jetstream::Context,
    heard: Arc<Mutex<Vec<Outgoing>>>,
}

impl Bus {
    /// Connects, and listens to everything.
    pub async fn connect(nats: &NatsServer) -> Self {
        let provisioner = nats.jetstream("provisioner").await;
        let heard = Arc::default();
        tokio::spawn(listen(provisioner.clone(), Arc::clone(&heard)));
        Self { port: nats.port(), publishers: tokio::sync::Mutex::default(), provisioner, heard }
    }

    /// Publishes a fact as the service that owns it; gives its id.
    pub async fn publish<A: Aggregate>(&self, fact: A::Fact, state: &A) -> EventId {
        let id = service::new_id();
        self.publish_as(id, fact, state).await;
        id
    }

    /// Publishes a fact under an id, as often as asked: JetStream does not drop it as a duplicate.
    pub async fn publish_as<A: Aggregate>(&self, id: EventId, fact: A::Fact, state: &A) {
        self.publish_of(service::Clock::system().now(), id, fact, state).await;
    }

    /// Publishes a fact of that time.
    pub async fn publish_of<A: Aggregate>(&self, at: Timestamp, id: EventId, fact: A::Fact, state: &A) {
        let outgoing = Outgoing::new(id, fact, state, at).expect("it has a JSON form");
        let mut headers = outgoing.headers;
        headers.insert("Nats-Msg-Id", uuid::Uuid::now_v7().to_string());
        let message = PublishMessage::build().headers(headers).payload(outgoing.payload);
        let publisher = self.publisher(A::SERVICE).await;
        let sent = publisher.send_publish(outgoing.subject, message).await.expect("the fact is sent");
        sent.await.expect("the fact is acknowledged");
    }

    async fn publisher(&self, service: &'static str) -> jetstream::Context {
        let mut publishers = self.publishers.lock().await;
        if let Some(publisher) = publishers.get(service) {
            return publisher.clone();
        }
        let publisher = jetstream::new(nats::connect(self.port, service).await);
        publishers.insert(service, publisher.clone());
        publisher
    }

    /// Waits for a fact that fits; fails the test when it does not come.
    pub async fn wait_for<A: Aggregate>(
        &self,
        fact: A::Fact,
        mut fits: impl FnMut(&A) -> bool,
    ) -> Received<A> {
        let what = format!("{}.{}.{:?}", A::SERVICE, A::NAME, fact);
        crate::eventually(&what, || {
            let found = self.all::<A>(fact).into_iter().find(|event| fits(&event.state));
            std::future::ready(found)
        })
        .await
    }

    /// Every fact of a kind that was published so far, the oldest first.
    pub fn all<A: Aggregate>(&self, fact: A::Fact) -> Vec<Received<A>> {
        let heard = self.heard.lock().expect("the list of messages");
        let prefix = format!("{}.{}.", A::SERVICE, A::NAME);
        let ours = heard.iter().filter(|message| message.subject.starts_with(&prefix));
        ours.cloned()
            .filter_map(|message| message.read::<A>().ok())
            .filter(|event| event.fact == fact)
            .collect()
    }

    /// Waits until a consumer has handled all that was published so far.
    pub async fn settled(&self, durable: &str) {
        crate::eventually(&format!("{durable} has handled everything"), || async {
            let mut consumer: PullConsumer =
                self.provisioner.get_consumer_from_stream(durable, topology::EVENTS).await.ok()?;
            let info = consumer.info().await.ok()?;
            (info.num_pending == 0 && info.num_ack_pending == 0).then_some(())
        })
        .await;
    }
}

async fn listen(jetstream: jetstream::Context, heard: Arc<Mutex<Vec<Outgoing>>>) {
    let Ok(stream) = jetstream.get_stream(topology::EVENTS).await else { return };
    let Ok(consumer) = stream.create_consumer(pull::OrderedConfig::default()).await else { return };
    let Ok(mut messages) = consumer.messages().await else { return };
    while let Some(Ok(message)) = messages.next().await {
        let outgoing = Outgoing {
            subject: message.subject.to_string(),
            headers: message.headers.clone().unwrap_or_default(),
            payload: message.payload.clone(),
        };
        if let Ok(mut heard) = heard.lock() {
            heard.push(outgoing);
        }
    }
}
