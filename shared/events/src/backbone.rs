//! A service's connection to the bus.

use crate::{Consumers, Faults, consumer, lag::Lags, relay, runner};
use async_nats::{ConnectOptions, Event, ServerAddr, connection::State, jetstream};
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How long the end of a process waits for its last words to the bus.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// What a service needs to publish and to consume. Cheap to clone.
#[derive(Clone)]
pub struct Backbone {
    pub(crate) service: &'static str,
    pub(crate) pool: PgPool,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) wake: Arc<Notify>,
    pub(crate) faults: Faults,
    pub(crate) lags: Lags,
    /// Counts connections: whoever waits for messages begins anew with each.
    pub(crate) connections: watch::Receiver<u64>,
}

/// The bus cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum BackboneError {
    /// The address cannot be read.
    #[error("NATS_URL is not usable")]
    Address(#[source] std::io::Error),
    /// The connection cannot be set up.
    #[error("the bus cannot be used as configured")]
    Connect(#[from] async_nats::ConnectError),
    /// The messaging tables could not be made.
    #[error("the messaging tables could not be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The service's handlers are not those that the topology declares.
    #[error("consumers that only one of service and topology knows: {}", .0.join(", "))]
    Topology(Vec<String>),
}

impl Backbone {
    /// Migrates the messaging tables of `pool` and connects as `service`.
    ///
    /// The bus may be out of reach: then it is tried again for ever, and the service works without it.
    pub async fn connect(service: &'static str, nats_url: &str, pool: PgPool) -> Result<Self, BackboneError> {
        migrate(&pool).await?;
        let address: ServerAddr = nats_url.parse().map_err(BackboneError::Address)?;
        let lags = Lags::of(service);
        let (connected, connections) = watch::channel(0);
        let client = options(&address)
            .name(service)
            .custom_inbox_prefix(format!("_INBOX.{service}"))
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(|attempt| Duration::from_millis(50) * (1 << attempt.min(5)))
            .ping_interval(Duration::from_secs(2))
            .event_callback(observe(lags.clone(), connected))
            .connect(address)
            .await?;
        let mut jetstream = jetstream::new(client);
        jetstream.set_timeout(Duration::from_secs(3));
        Ok(Self {
            service,
            pool,
            jetstream,
            wake: Arc::default(),
            faults: Faults::planned_for(nats_url),
            lags,
            connections,
        })
    }

    /// Tells the relay that something was committed.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Is the consumer `durable` behind, so that what it copies may be older than what its owner has said? True
    /// while the bus is away and until everything that was published has been handled, as far as is known here.
    /// A message that is put off counts for a minute: what then still waits for something else shall not make all
    /// that is unknown look as if it were on its way.
    pub fn is_behind(&self, durable: &str) -> bool {
        self.jetstream.client().connection_state() != State::Connected || self.lags.is_behind(durable)
    }

    /// Carries the outbox to the bus until `stop`.
    pub async fn relay(self, stop: CancellationToken) {
        relay::run(&self, &stop).await;
    }

    /// Checks that the handlers are exactly those that the topology declares.
    pub fn check(&self, consumers: &Consumers) -> Result<(), BackboneError> {
        match consumers.mismatches(self.service) {
            none if none.is_empty() => Ok(()),
            mismatches => Err(BackboneError::Topology(mismatches)),
        }
    }

    /// Handles what the bus delivers until `stop`.
    pub async fn consume(self, consumers: Consumers, stop: CancellationToken) {
        let running = consumers.0.into_iter().map(|handler: Arc<dyn consumer::AnyHandler>| {
            let (backbone, stop) = (self.clone(), stop.clone());
            async move { runner::run(&backbone, handler.as_ref(), &stop).await }
        });
        futures::future::join_all(running).await;
        // What was given back leaves the process before it ends.
        let client = self.jetstream.client();
        if tokio::time::timeout(FLUSH_TIMEOUT, client.flush()).await.is_err() {
            tracing::info!("the bus did not hear of the end");
        }
    }
}

/// Notes when the connection comes and goes.
fn observe(lags: Lags, connected: watch::Sender<u64>) -> impl Fn(Event) -> std::future::Ready<()> {
    move |event| {
        match &event {
            Event::Connected => connected.send_modify(|count| *count += 1),
            Event::Disconnected => lags.forget(),
            _ => {}
        }
        tracing::info!(%event, "bus");
        std::future::ready(())
    }
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

/// Makes the messaging tables beside a service's own.
pub async fn migrate(pool: &PgPool) -> Result<(), sqlx::migrate::MigrateError> {
    let mut migrator = sqlx::migrate!();
    migrator.dangerous_set_table_name("_messaging_migrations");
    migrator.run(pool).await
}
