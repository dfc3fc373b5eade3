//! One service, running, and everybody around it.

use crate::{Bus, Issuer, NatsServer, Person, TestCaller, TestDatabase};
use async_nats::jetstream::message::PublishMessage;
use events::Faults;
use service::{App, Env, Lifecycle};
use sqlx::PgPool;
use std::{collections::BTreeMap, time::Duration};
use tokio::net::TcpListener;

/// What the browser sees in tests: issuer and audience of tokens.
pub const ORIGIN: &str = "http://localhost:3000";

/// A running service with a database, a bus and people of its own.
pub struct World {
    /// The bus, from the other services' side.
    pub bus: Bus,
    /// The service's database, for looks into it.
    pub pool: PgPool,
    /// Signs tokens and revocations.
    pub issuer: Issuer,
    /// Faults that the service shall suffer.
    pub faults: Faults,
    /// The nats-server.
    pub nats: NatsServer,
    /// Where the service listens.
    pub base: String,
    lifecycle: Lifecycle,
    http: reqwest::Client,
    database: TestDatabase,
}

impl World {
    /// Starts `service` with the environment of production and `extra`, and plays auth for it.
    pub async fn start(
        service: &'static str,
        start: impl AsyncFnOnce(&Env, &Lifecycle) -> anyhow::Result<App>,
        extra: &[(&str, &str)],
    ) -> Self {
        // On the heap: a whole service starts in it, and every test would carry its size.
        let world = Box::pin(Self::start_without_auth(service, start, extra)).await;
        world.open_revocations().await;
        world
    }

    /// Starts `service` alone: no keys and no revocations are published. For auth itself, and for tests of a
    /// service that cannot know who is revoked.
    pub async fn start_without_auth(
        service: &'static str,
        start: impl AsyncFnOnce(&Env, &Lifecycle) -> anyhow::Result<App>,
        extra: &[(&str, &str)],
    ) -> Self {
        service::telemetry::init(service, service::telemetry::LogFormat::Text, "warn");
        let (database, nats) = tokio::join!(TestDatabase::create(), NatsServer::start_for(service));
        let issuer = Issuer::new(ORIGIN);
        let nats_url = nats.url(service);
        let mut values = BTreeMap::from([
            ("INSTANCE", format!("{service}-1")),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("DATABASE_URL", database.url.clone()),
            ("NATS_URL", nats_url.clone()),
            ("NATS_REVOCATIONS_URL", nats.url(&format!("{service}-revocations"))),
            ("REVOCATION_PUBLIC_KEY", issuer.revocation_public_hex.clone()),
            ("PUBLIC_ORIGIN", ORIGIN.to_owned()),
        ]);
        values.extend(extra.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let lifecycle = Lifecycle::default();
        let app = start(&Env::of(values), &lifecycle).await.expect("the service starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("the listener has an address"));
        let (router, stop) = (app.into_router(), lifecycle.stop.clone());
        let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        tokio::spawn(serving.into_future());
        Self {
            bus: Bus::connect(&nats).await,
            pool: database.pool().await,
            faults: Faults::planned_for(&nats_url),
            issuer,
            nats,
            base,
            lifecycle,
            http: http_client(),
            database,
        }
    }

    /// Publishes what auth publishes at its start, so that the service can know who is who.
    pub async fn open_revocations(&self) {
        let jetstream = self.nats.jetstream("auth-revocations").await;
        let stream = auth::stream_created(&jetstream, auth::subjects::REVOCATIONS).await;
        let (stream, now) = (stream.expect("the stream of revocations"), service::Clock::system().now());
        for (subject, value) in self.issuer.opening_entries(stream, now) {
            self.write_as_auth(subject, value).await;
        }
    }

    /// Bans a person: the revocation on the bus and the fact for the copies. Gives the user's new state.
    pub async fn ban(&self, person: &Person) -> events::auth::User {
        let user = self.revoke(person).await;
        self.bus.publish(events::auth::UserFact::Banned, &user).await;
        user
    }

    /// The first half of a ban: the revocation on the bus, and no fact yet.
    pub async fn revoke(&self, person: &Person) -> events::auth::User {
        let user = person.banned("Resold tickets at ten times their price");
        let (subject, value) = self.issuer.ban_entry(&user, service::Clock::system().now());
        self.write_as_auth(subject, value).await;
        user
    }

    /// Makes a person known to the copies.
    pub async fn register(&self, person: &Person) {
        self.bus.publish(events::auth::UserFact::Registered, &person.user).await;
    }

    /// A person who calls the service.
    pub fn caller(&self, person: &Person) -> TestCaller {
        let token = Some(self.issuer.token(person));
        TestCaller { http: self.http.clone(), base: self.base.clone(), token }
    }

    /// Somebody without a token.
    pub fn anybody(&self) -> TestCaller {
        TestCaller { http: self.http.clone(), base: self.base.clone(), token: None }
    }

    /// Waits until the service can tell who is who.
    pub async fn knows_identities(&self, service: &str) {
        let person = Person::new("Probe");
        let path = format!("/api/{service}/whoami");
        crate::eventually("the service has a lease and a key", || async {
            (self.caller(&person).get(&path).await.status == 200).then_some(())
        })
        .await;
    }

    /// The service's database, for another program of the same service.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    async fn write_as_auth(&self, subject: String, value: String) {
        let auth = self.nats.jetstream("auth-revocations").await;
        let message = PublishMessage::build().payload(value.into());
        let sent = auth.send_publish(subject, message).await.expect("the entry is sent");
        sent.await.expect("the entry is acknowledged");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.lifecycle.stop.cancel();
    }
}

fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("an HTTP client")
}
