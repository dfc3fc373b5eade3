//! Creates what [`crate::topology`] declares. Only the provisioner runs this; services may create nothing.

use crate::topology::{
    ACK_WAIT, CONSUMERS, ConsumerSpec, EVENTS, EVENTS_MAX_AGE, KEYS, MAX_ACK_PENDING, MAX_MESSAGE_BYTES,
    REVOCATIONS, SERVICES, STATE,
};
use async_nats::jetstream::{
    self,
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream::{Config, DiscardPolicy, Source, StorageType, SubjectTransform},
};
use std::time::Duration;

/// How long the server may take to create one of them: it waits for its disk.
const PATIENCE: Duration = Duration::from_secs(30);

/// Something could not be created or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// A stream.
    #[error("the stream {0} could not be provisioned")]
    Stream(String, #[source] async_nats::Error),
    /// A durable consumer.
    #[error("the consumer {0} could not be provisioned")]
    Consumer(String, #[source] async_nats::Error),
}

/// Creates or updates the streams of facts and every durable consumer, in the event account.
pub async fn events(jetstream: &jetstream::Context, replicas: usize) -> Result<(), ProvisionError> {
    events_with(jetstream, replicas, CONSUMERS).await
}

/// Creates or updates the streams of facts and these consumers: all that a test of one service needs.
pub async fn events_with(
    jetstream: &jetstream::Context,
    replicas: usize,
    consumers: impl IntoIterator<Item = &ConsumerSpec>,
) -> Result<(), ProvisionError> {
    let jetstream = &patient(jetstream);
    stream(jetstream, events_stream(replicas)).await?;
    let consumers = consumers.into_iter().map(|spec| consumer(jetstream, spec));
    let (state, consumers) =
        tokio::join!(stream(jetstream, state_stream(replicas)), futures::future::try_join_all(consumers),);
    state.and(consumers.map(drop))
}

/// Creates or updates the streams of revocations and keys, in the revocation account.
pub async fn revocations(jetstream: &jetstream::Context, replicas: usize) -> Result<(), ProvisionError> {
    let jetstream = &patient(jetstream);
    let (revocations, keys) = tokio::join!(
        stream(jetstream, kv_stream(REVOCATIONS, "$KV.revocations.>", replicas)),
        stream(jetstream, kv_stream(KEYS, "$KV.keys.>", replicas)),
    );
    revocations.and(keys)
}

fn patient(jetstream: &jetstream::Context) -> jetstream::Context {
    let mut jetstream = jetstream.clone();
    jetstream.set_timeout(PATIENCE);
    jetstream
}

async fn stream(jetstream: &jetstream::Context, config: Config) -> Result<(), ProvisionError> {
    let name = config.name.clone();
    let made = jetstream.create_or_update_stream(config).await;
    made.map(drop).map_err(|error| ProvisionError::Stream(name, error.into()))
}

async fn consumer(jetstream: &jetstream::Context, spec: &ConsumerSpec) -> Result<(), ProvisionError> {
    let config = pull::Config {
        durable_name: Some(spec.durable()),
        filter_subjects: spec.filters.iter().map(|filter| (*filter).to_owned()).collect(),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: MAX_ACK_PENDING,
        max_deliver: -1,
        ..Default::default()
    };
    let made = jetstream.create_consumer_on_stream(config, EVENTS).await;
    made.map(drop).map_err(|error| ProvisionError::Consumer(spec.durable(), error.into()))
}

fn events_stream(replicas: usize) -> Config {
    Config {
        name: EVENTS.to_owned(),
        subjects: SERVICES.iter().map(|service| format!("{service}.>")).collect(),
        max_age: EVENTS_MAX_AGE,
        max_message_size: MAX_MESSAGE_BYTES,
        duplicate_window: Duration::from_mins(2),
        storage: StorageType::File,
        num_replicas: replicas,
        deny_delete: true,
        deny_purge: true,
        allow_atomic_publish: true,
        ..Default::default()
    }
}

/// One message per aggregate: what a new or emptied copy is built from.
fn state_stream(replicas: usize) -> Config {
    Config {
        name: STATE.to_owned(),
        sources: Some(vec![Source {
            name: EVENTS.to_owned(),
            subject_transforms: vec![SubjectTransform {
                source: "*.*.*.*.v1".to_owned(),
                destination: "state.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}".to_owned(),
            }],
            ..Default::default()
        }]),
        max_messages_per_subject: 1,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: replicas,
        ..Default::default()
    }
}

/// Key and value as plain streams. Roll-up headers are refused: one permitted message with
/// `Nats-Rollup: all` would erase every ban.
fn kv_stream(name: &str, subject: &str, replicas: usize) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        // More than one, so that an entry written again cannot remove the first writing before a watcher that
        // is a little behind has read it: `docs/adr/0005-freshness-lease.md`.
        max_messages_per_subject: 8,
        allow_message_ttl: true,
        allow_rollup: false,
        deny_delete: true,
        deny_purge: true,
        allow_direct: false,
        storage: StorageType::File,
        num_replicas: replicas,
        max_message_size: 16 * 1024,
        ..Default::default()
    }
}
