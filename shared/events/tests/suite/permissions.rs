//! What a service may not do on the bus, tried.

use async_nats::jetstream::{
    self,
    consumer::{AckPolicy, PushConsumer, push},
    message::PublishMessage,
    stream::{self, ConsumerError},
};
use futures::{FutureExt, StreamExt};
use testkit::NatsServer;

type Consumer = jetstream::consumer::PullConsumer;

/// Publishes and says whether the stream acknowledged.
async fn is_stored(jetstream: &jetstream::Context, subject: &str, headers: &[(&str, &str)]) -> bool {
    let mut message = PublishMessage::build().payload("{}".into());
    for (name, value) in headers {
        message = message.header(*name, *value);
    }
    match jetstream.send_publish(subject.to_owned(), message).await {
        Ok(sent) => sent.await.is_ok(),
        Err(_) => false,
    }
}

async fn user(nats: &NatsServer, name: &str) -> jetstream::Context {
    let mut jetstream = nats.jetstream(name).await;
    jetstream.set_timeout(std::time::Duration::from_millis(700));
    jetstream
}

#[tokio::test]
async fn a_service_publishes_its_own_facts_and_no_others() {
    let nats = NatsServer::start().await;
    let orders = user(&nats, "orders").await;
    assert!(is_stored(&orders, "orders.order.1.placed.v1", &[]).await);
    assert!(!is_stored(&orders, "payments.payment.1.captured.v1", &[]).await);
    assert!(!is_stored(&orders, "auth.user.1.banned.v1", &[]).await);
}

#[tokio::test]
async fn a_service_creates_no_streams_and_reads_no_other_service_s_consumer() {
    let nats = NatsServer::start().await;
    let orders = user(&nats, "orders").await;
    let forged = stream::Config {
        name: "FORGED".to_owned(),
        subjects: vec!["forged".to_owned()],
        ..Default::default()
    };
    assert!(orders.create_stream(forged).await.is_err());
    assert!(orders.delete_stream("EVENTS").await.is_err());
    let own: Result<Consumer, _> = orders.get_consumer_from_stream("orders-users", "EVENTS").await;
    assert!(own.is_ok());
    let foreign: Result<Consumer, _> = orders.get_consumer_from_stream("payments-orders", "EVENTS").await;
    assert!(foreign.is_err());
}

#[tokio::test]
async fn only_auth_writes_revocations_and_keys() {
    let nats = NatsServer::start().await;
    let (auth, orders) = (user(&nats, "auth-revocations").await, user(&nats, "orders-revocations").await);
    for subject in ["$KV.revocations.u.1", "$KV.revocations.s.1", "$KV.revocations.a.complete", "$KV.keys.k1"]
    {
        assert!(is_stored(&auth, subject, &[]).await, "auth may write {subject}");
        assert!(!is_stored(&orders, subject, &[]).await, "orders may not write {subject}");
    }
    assert!(is_stored(&orders, "$KV.revocations.hb.orders.orders-1", &[]).await);
    assert!(!is_stored(&orders, "$KV.revocations.hb.payments.payments-1", &[]).await);
}

#[tokio::test]
async fn no_roll_up_purge_or_delete_can_erase_revocations() {
    let nats = NatsServer::start().await;
    let auth = user(&nats, "auth-revocations").await;
    assert!(is_stored(&auth, "$KV.revocations.u.1", &[]).await);
    for scope in ["all", "sub"] {
        assert!(!is_stored(&auth, "$KV.revocations.u.2", &[("Nats-Rollup", scope)]).await, "roll-up {scope}");
    }
    let provisioner = user(&nats, "provisioner-revocations").await;
    let stream = provisioner.get_stream("KV_revocations").await.expect("the stream is there");
    assert!(stream.purge().await.is_err(), "not even the provisioner may purge");
    assert!(stream.delete_message(1).await.is_err(), "nor delete a message");
    let kept = provisioner.get_stream("KV_revocations").await.expect("the stream is there");
    assert_eq!(kept.cached_info().state.messages, 1);
}

/// A consumer through which the server itself would deliver to `target`.
async fn push(
    user: &jetstream::Context,
    stream: &str,
    name: &str,
    target: &str,
) -> Result<PushConsumer, ConsumerError> {
    let config = push::Config {
        name: Some(name.to_owned()),
        deliver_subject: target.to_owned(),
        ack_policy: AckPolicy::None,
        ..Default::default()
    };
    user.create_consumer_on_stream(config, stream).await
}

#[tokio::test]
async fn no_consumer_of_a_stream_delivers_into_that_stream() {
    let nats = NatsServer::start().await;
    let orders = user(&nats, "orders-revocations").await;
    for (stream, target) in [("KV_revocations", "$KV.revocations.u.1"), ("KV_keys", "$KV.keys.k1")] {
        assert!(push(&orders, stream, "stolen", target).await.is_err(), "{stream} delivers to {target}");
    }
}

/// The server makes such a consumer. But it delivers only where a client subscribes to exactly that subject, and
/// under the message's own subject: nobody subscribes to these, and a stream does not count.
#[tokio::test]
async fn a_consumer_delivers_nothing_where_its_creator_may_not_publish() {
    let nats = NatsServer::start().await;
    let (auth, client) = (user(&nats, "auth-revocations").await, nats.client("orders-revocations").await);
    let orders = jetstream::new(client.clone());
    let listener = nats.client("auth-revocations").await;
    let mut applied = listener.subscribe("revocation_applied.>").await.expect("auth listens");
    let mut own = client.subscribe("_INBOX.orders.own").await.expect("orders listens");
    listener.flush().await.expect("the server knows");
    assert!(is_stored(&auth, "$KV.keys.k0", &[]).await);
    assert!(is_stored(&orders, "$KV.revocations.hb.orders.orders-1", &[]).await);

    let targets = [
        ("KV_keys", "$KV.revocations.u.1"),
        ("KV_revocations", "$KV.keys.k1"),
        ("KV_revocations", "revocation_applied.payments.payments-1"),
    ];
    for (at, (stream, target)) in targets.iter().enumerate() {
        drop(push(&orders, stream, &format!("stolen-{at}"), target).await);
    }
    // Where its creator listens itself, a consumer delivers: what comes later than this does not come.
    push(&orders, "KV_revocations", "own", "_INBOX.orders.own").await.expect("it may");
    own.next().await.expect("it is delivered");

    let provisioner = user(&nats, "provisioner-revocations").await;
    for (at, (stream, target)) in targets.iter().enumerate() {
        let stolen: Result<PushConsumer, _> =
            provisioner.get_consumer_from_stream(format!("stolen-{at}"), *stream).await;
        let delivered = stolen.map_or(0, |stolen| stolen.cached_info().delivered.consumer_sequence);
        assert_eq!(delivered, 0, "{stream} delivers to {target}");
    }
    for (stream, subject) in [("KV_revocations", "$KV.revocations.u.1"), ("KV_keys", "$KV.keys.k1")] {
        let stream = provisioner.get_stream(stream).await.expect("the stream is there");
        assert!(stream.get_last_raw_message_by_subject(subject).await.is_err(), "{subject} was written");
    }
    assert!(applied.next().now_or_never().is_none(), "a receipt of payments was forged");
}
