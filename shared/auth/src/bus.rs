//! The connection to the revocation account, and following a stream on it.

use async_nats::{
    Client, ConnectOptions, Event, ServerAddr,
    jetstream::{
        self, Message,
        consumer::{AckPolicy, DeliverPolicy, pull},
    },
};
use futures::StreamExt;
use std::time::Duration;
use tokio::{sync::watch, time::timeout};

/// The longest wait for an answer of the bus.
const REQUEST_MAX: Duration = Duration::from_secs(2);
/// The server forgets a consumer that nobody asks after this time.
const CONSUMER_IDLE: Duration = Duration::from_secs(10);
/// Messages asked for at once.
const BATCH: usize = 500;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Following a stream came to an end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BusError {
    #[error("the bus does not answer")]
    Timeout,
    #[error("the stream cannot be read")]
    Stream(#[source] Source),
    #[error("the consumer was lost")]
    Consumer(#[source] Source),
    #[error("the consumer ended")]
    Ended,
    #[error("a message was lost between the server and this instance")]
    Gap,
    #[error("nothing was heard for too long")]
    Silent,
    #[error("the connection was made anew")]
    Reconnected,
    #[error("the stream was created anew meanwhile")]
    Recreated,
}

/// When a stream was created, which tells it from every other that ever had its name.
pub async fn stream_created(
    jetstream: &jetstream::Context,
    stream: &str,
) -> Result<String, jetstream::context::GetStreamError> {
    Ok(jetstream.get_stream(stream).await?.cached_info().created.to_string())
}

async fn created(jetstream: &jetstream::Context, stream: &str) -> Result<String, BusError> {
    stream_created(jetstream, stream).await.map_err(|error| BusError::Stream(error.into()))
}

/// Connects, now or when the bus can be reached. The channel counts connections.
pub(crate) async fn connect(
    url: &str,
    service: &str,
    name: &str,
) -> Result<(Client, watch::Receiver<u64>), async_nats::ConnectError> {
    let (connections, connected) = watch::channel(0_u64);
    let address: ServerAddr = url.parse()?;
    let client = options(&address)
        .name(name)
        .custom_inbox_prefix(format!("_INBOX.{service}"))
        .retry_on_initial_connect()
        .max_reconnects(None)
        .connection_timeout(REQUEST_MAX)
        .request_timeout(Some(REQUEST_MAX))
        .ping_interval(Duration::from_secs(2))
        .reconnect_delay_callback(|attempt| {
            Duration::from_millis(50 * u64::try_from(attempt).unwrap_or(20).clamp(1, 20))
        })
        .event_callback(move |event| {
            match &event {
                Event::Connected => connections.send_modify(|count| *count += 1),
                Event::ServerError(_) | Event::ClientError(_) => tracing::debug!(%event, "revocation bus"),
                _ => tracing::info!(%event, "revocation bus"),
            }
            std::future::ready(())
        })
        .connect(address)
        .await?;
    Ok((client, connected))
}

/// A connection to the revocation account for a program that does one thing there, such as an operator's command.
pub async fn connect_client(
    url: &str,
    service: &str,
    name: &str,
) -> Result<Client, async_nats::ConnectError> {
    let (client, mut connected) = connect(url, service, name).await?;
    first_connection(&mut connected).await;
    Ok(client)
}

/// Waits for the first connection, so that it is not taken for a second one. The news of it could be lost, so
/// the wait is bounded.
pub(crate) async fn first_connection(connected: &mut watch::Receiver<u64>) {
    if timeout(REQUEST_MAX, connected.wait_for(|count| *count > 0)).await.is_err() {
        tracing::debug!("no connection to the revocation bus yet");
    }
    connected.mark_unchanged();
}

/// The client does not read user and password from the address by itself.
fn options(address: &ServerAddr) -> ConnectOptions {
    match (address.username(), address.password()) {
        (Some(user), Some(password)) => {
            ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        }
        _ => ConnectOptions::new(),
    }
}

/// One consumer of our own on a stream, in stream order and without gaps. When anything is odd it ends with an
/// error, and its user begins again from the beginning: nothing is resumed, so a stream that was created anew cannot
/// pass for the old one.
pub(crate) struct Following {
    /// When the stream was created.
    pub(crate) created: String,
    /// Has the end of the stream been reached once?
    pub(crate) caught_up: bool,
    messages: pull::Stream,
    sequence: u64,
}

impl std::fmt::Debug for Following {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Following").field("created", &self.created).finish_non_exhaustive()
    }
}

impl Following {
    pub(crate) async fn open(
        jetstream: &jetstream::Context,
        stream: &str,
        name: &str,
        filters: Vec<String>,
        begin: DeliverPolicy,
    ) -> Result<Self, BusError> {
        let opening = async {
            let created = created(jetstream, stream).await?;
            let found = jetstream.get_stream_no_info(stream).await.map_err(|e| BusError::Stream(e.into()))?;
            let consumer = found
                .create_consumer(pull::Config {
                    name: Some(format!("{name}-{:016x}", rand::random::<u64>())),
                    deliver_policy: begin,
                    ack_policy: AckPolicy::None,
                    filter_subjects: filters,
                    inactive_threshold: CONSUMER_IDLE,
                    memory_storage: true,
                    num_replicas: 1,
                    ..Default::default()
                })
                .await
                .map_err(|e| BusError::Consumer(e.into()))?;
            // The same before and after: the consumer is on this stream and on no other of its name.
            if self::created(jetstream, stream).await? != created {
                return Err(BusError::Recreated);
            }
            let messages = consumer
                .stream()
                .max_messages_per_batch(BATCH)
                .expires(Duration::from_secs(8))
                .heartbeat(Duration::from_secs(2))
                .messages()
                .await
                .map_err(|e| BusError::Consumer(e.into()))?;
            Ok(Self { created, caught_up: false, messages, sequence: 0 })
        };
        timeout(2 * REQUEST_MAX, opening).await.map_err(|_| BusError::Timeout)?
    }

    /// The next message. May be dropped and asked again.
    pub(crate) async fn next(&mut self) -> Result<Message, BusError> {
        let message = self.messages.next().await.ok_or(BusError::Ended)?;
        let message = message.map_err(|e| BusError::Consumer(e.into()))?;
        let info = message.info().map_err(BusError::Consumer)?;
        let (sequence, pending) = (info.consumer_sequence, info.pending);
        if sequence != self.sequence + 1 {
            return Err(BusError::Gap);
        }
        self.sequence = sequence;
        self.caught_up |= pending == 0;
        Ok(message)
    }
}
