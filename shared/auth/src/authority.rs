//! The handle that services hold: it knows who is who, and who is revoked.

use crate::{
    Identity, Refusal, bus,
    cookies::CookieNames,
    judge::{Judge, Moment},
    key_watcher::KeyWatcher,
    keys::SignedReader,
    lease::Lease,
    pull::{Position, PullSecret, PullUrls},
    puller::Puller,
    subjects,
    supervise::supervise,
    token,
    watcher::Watcher,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::watch, time::interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What an [`Authority`] needs to know.
#[derive(Clone, Debug)]
pub struct AuthorityConfig {
    /// The service, such as `orders`.
    pub service: String,
    /// The instance, such as `orders-1`.
    pub instance: String,
    /// Where the revocation account is, with user and password.
    pub nats_url: String,
    /// Public half of the key that signs revocations and published keys, 64 hex digits.
    pub revocation_public_key: String,
    /// What the browser sees, such as `https://tickets.example`: issuer and audience of tokens.
    pub public_origin: String,
    /// Are the cookies' names without `__Host-`?
    pub plain_cookies: bool,
    /// Where auth is asked when the bus is late, and the service's own secret. Without them a bus that is away means
    /// that identities wait.
    pub pull: Option<(PullUrls, PullSecret)>,
}

/// The configuration does not make sense. A bus that is away is no error: the authority waits for it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The service or the instance cannot be part of a subject.
    #[error("a service and an instance are named with letters, digits, - and _")]
    Name,
    /// The public key is not 64 hex digits of an Ed25519 key.
    #[error("the public key of revocations must be 64 hex digits")]
    PublicKey,
    /// The address of the bus cannot be read.
    #[error("the address of the revocation bus cannot be used")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No HTTP client can be made.
    #[error("auth cannot be asked")]
    Pull(#[source] reqwest::Error),
}

pub(crate) struct Inner {
    pub(crate) service: String,
    pub(crate) instance: String,
    pub(crate) public_origin: String,
    pub(crate) cookies: CookieNames,
    pub(crate) judge: Judge,
    pub(crate) reader: SignedReader,
    pub(crate) client: async_nats::Client,
    /// How far in auth's history everything is known.
    pub(crate) position: Mutex<Option<Position>>,
    /// The lease as far as the bus alone proves it.
    pub(crate) heard: Lease,
    pub(crate) changes: watch::Sender<u64>,
    pub(crate) sessions: watch::Sender<u64>,
}

/// Knows who is who, and who is revoked. Cheap to clone.
#[derive(Clone)]
pub struct Authority(pub(crate) Arc<Inner>);

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("judge", &self.0.judge).finish_non_exhaustive()
    }
}

impl Authority {
    /// Starts the watchers of keys and revocations, and the one that asks auth when they are late. Does not wait for
    /// the bus: see [`Self::ready`]. Should a watcher end by itself, `stop` is cancelled.
    pub async fn connect(
        config: AuthorityConfig,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self, ConnectError> {
        if !subjects::is_token(&config.service) || !subjects::is_token(&config.instance) {
            return Err(ConnectError::Name);
        }
        let reader = SignedReader::new(&config.revocation_public_key).ok_or(ConnectError::PublicKey)?;
        let name = format!("{} revocations", config.instance);
        let (client, connected) = bus::connect(&config.nats_url, &config.service, &name)
            .await
            .map_err(|error| ConnectError::Address(error.into()))?;
        let inner = Arc::new(Inner {
            judge: Judge::new(&config.public_origin),
            cookies: CookieNames::new(config.plain_cookies),
            service: config.service,
            instance: config.instance,
            public_origin: config.public_origin,
            reader,
            client,
            position: Mutex::default(),
            heard: Lease::default(),
            changes: watch::Sender::new(0),
            sessions: watch::Sender::new(0),
        });
        let watcher = Watcher::new(Arc::clone(&inner), connected.clone()).run(stop.clone());
        supervise(tasks, stop, "revocations", watcher);
        if let Some((urls, secret)) = config.pull {
            let puller = Puller::new(Arc::clone(&inner), urls, secret).map_err(ConnectError::Pull)?;
            supervise(tasks, stop, "pull", puller.run(stop.clone()));
        }
        supervise(tasks, stop, "keys", KeyWatcher { inner: Arc::clone(&inner), connected }.run(stop.clone()));
        Ok(Self(inner))
    }

    /// Who the token says the caller is, if it is accepted now.
    pub fn check(&self, token: &str) -> Result<Identity, Refusal> {
        self.0.judge.check(token, Moment::now())
    }

    /// Is somebody who was accepted still accepted? Ask just before the commit of a write.
    pub fn recheck(&self, identity: &Identity) -> Result<(), Refusal> {
        self.0.judge.recheck(identity, Moment::now())
    }

    /// Waits until the identity is no longer accepted: revoked, ended, or not known for want of a lease.
    /// For live streams.
    pub async fn revoked(&self, identity: &Identity) -> Refusal {
        let mut changes = self.0.changes.subscribe();
        let mut tick = interval(Duration::from_secs(1));
        loop {
            let now = Moment::now();
            if let Err(refusal) = self.0.judge.recheck(identity, now) {
                return refusal;
            }
            if (now.wall - identity.expires_at).num_seconds() >= token::LEEWAY_SECONDS {
                return Refusal::TokenInvalid;
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = tick.tick() => {}
            }
        }
    }

    /// How long the lease still holds; nothing where there is none.
    pub fn lease_left(&self) -> Option<Duration> {
        let left = self.0.judge.lease.left(crate::boottime::now());
        (!left.is_zero()).then_some(left)
    }

    /// Does the bus deliver what is written now? Whoever draws conclusions from silence on the bus asks this, not the
    /// lease, which auth's answers extend as well.
    pub fn hears_bus(&self) -> bool {
        self.0.heard.holds(crate::boottime::now())
    }

    /// Waits until there is a lease and a key. For tests and start-up messages, not for readiness.
    pub async fn ready(&self) {
        let mut tick = interval(Duration::from_millis(20));
        while self.lease_left().is_none() || self.0.judge.keys.is_empty() {
            tick.tick().await;
        }
    }

    /// Names of the cookies.
    pub fn cookies(&self) -> CookieNames {
        self.0.cookies
    }

    /// What the browser sees; issuer and audience of tokens.
    pub fn public_origin(&self) -> &str {
        &self.0.public_origin
    }

    /// The service and the instance.
    pub fn instance(&self) -> (&str, &str) {
        (&self.0.service, &self.0.instance)
    }

    /// Is the request safe, or made by our own pages? For handlers that read a cookie themselves.
    pub fn same_origin(&self, method: &http::Method, headers: &http::HeaderMap) -> Result<(), Refusal> {
        let same = crate::origin::is_same_origin(method, headers, &self.0.public_origin);
        if same { Ok(()) } else { Err(Refusal::CrossSite) }
    }

    /// The connection to the revocation account. Only auth has the right to write revocations with it.
    pub fn client(&self) -> async_nats::Client {
        self.0.client.clone()
    }

    /// Counts how often the stream of revocations was opened: at start, after each reconnect, and when it was
    /// created anew. Auth writes everything again then.
    pub fn sessions(&self) -> watch::Receiver<u64> {
        self.0.sessions.subscribe()
    }
}
