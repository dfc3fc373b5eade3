//! A NATS server with the accounts and permissions of production, and auth's side of the protocol.

use auth::{
    AccessClaims, Authority, AuthorityConfig,
    issue::{RevocationSigner, SecretKey, TokenSigner},
    keys::PublicKey,
    pull::{Position, PullSecret, PullUrls},
    revocation::{Complete, Kind, LIFE_SECONDS, ReasonCode, Revocation},
    subjects, token,
};
use chrono::{TimeDelta, Utc};
use contracts::{
    auth::Role,
    ids::{SessionId, UserId},
};
use events::server_config::{Passwords, ServerSettings, render};
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

pub(crate) const ORIGIN: &str = "http://localhost:3000";

pub(crate) struct Bus {
    child: Child,
    folder: PathBuf,
    port: u16,
    pub(crate) stop: CancellationToken,
    pub(crate) revocations: RevocationSigner,
    pub(crate) tokens: TokenSigner,
    revocation_public: String,
    token_public: [u8; 32],
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.stop.cancel();
        _ = self.child.kill();
        _ = self.child.wait();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn key() -> (SecretKey, [u8; 32]) {
    let seed: [u8; 32] = rand::random();
    let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    (SecretKey::new(&seed), public)
}

fn serve(folder: &Path) -> Child {
    let binary = std::env::var("NATS_SERVER_BIN").unwrap_or_else(|_| "nats-server".to_owned());
    Command::new(binary)
        .arg("--config")
        .arg(folder.join("nats.conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("NATS_SERVER_BIN names a nats-server of 2.11 or newer")
}

impl Bus {
    /// A provisioned server without any entry.
    pub(crate) async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("auth-bus-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = ServerSettings {
            host: "127.0.0.1".to_owned(),
            port: i32::from(port),
            store_dir: folder.join("store"),
            ports_dir: None,
            sync_always: true,
        };
        let all = events::topology::SERVICES.iter().map(|name| ((*name).to_owned(), "secret".to_owned()));
        let passwords = Passwords {
            provisioner: "secret".to_owned(),
            events: all.clone().collect(),
            revocations: all.collect(),
        };
        std::fs::write(folder.join("nats.conf"), render(&settings, &passwords)).unwrap();
        let (revocation_key, revocation_public) = key();
        let (token_key, token_public) = key();
        let bus = Self {
            child: serve(&folder),
            folder,
            port,
            stop: CancellationToken::new(),
            revocations: RevocationSigner(revocation_key),
            tokens: TokenSigner { kid: "first".to_owned(), key: token_key },
            revocation_public: hex::encode(revocation_public),
            token_public,
        };
        bus.provision().await;
        bus
    }

    pub(crate) async fn provision(&self) {
        let client = self.client("provisioner").await;
        let jetstream = async_nats::jetstream::new(client);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while let Err(error) = events::provision::revocations(&jetstream, 1).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            assert!(tokio::time::Instant::now() < deadline, "not provisioned: {error}: {cause:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// kill -9 and start again, with or without what was stored.
    pub(crate) async fn restart(&mut self, keep: bool) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if !keep {
            std::fs::remove_dir_all(self.folder.join("store")).unwrap();
        }
        self.child = serve(&self.folder);
        if !keep {
            self.provision().await;
        }
    }

    /// SIGSTOP or SIGCONT: a partition that no connection notices.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(status.unwrap().success());
    }

    pub(crate) async fn client(&self, service: &str) -> async_nats::Client {
        async_nats::ConnectOptions::with_user_and_password(
            format!("{service}-revocations"),
            "secret".to_owned(),
        )
        .custom_inbox_prefix(format!("_INBOX.{service}"))
        .retry_on_initial_connect()
        .connect(format!("127.0.0.1:{}", self.port))
        .await
        .unwrap()
    }

    /// An authority of `orders`.
    pub(crate) async fn authority(&self) -> Authority {
        self.authority_with(None).await
    }

    /// The same, with a way to ask auth itself.
    pub(crate) async fn authority_with(&self, pull: Option<(PullUrls, PullSecret)>) -> Authority {
        let config = AuthorityConfig {
            service: "orders".to_owned(),
            instance: "orders-1".to_owned(),
            nats_url: format!("nats://orders-revocations:secret@127.0.0.1:{}", self.port),
            revocation_public_key: self.revocation_public.clone(),
            public_origin: ORIGIN.to_owned(),
            plain_cookies: true,
            pull,
        };
        Authority::connect(config, &TaskTracker::new(), &self.stop).await.unwrap()
    }

    /// The public half of the key that signs tokens.
    pub(crate) fn key(&self) -> PublicKey {
        PublicKey::new("first", &self.token_public, Utc::now())
    }

    /// What auth writes at its start: its key, and that all revocations are there.
    pub(crate) async fn open(&self) {
        let key = self.key();
        self.write("auth", &subjects::key("first"), self.revocations.key(&key).unwrap()).await.unwrap();
        self.complete().await;
    }

    /// Publishes a fresh key and waits until it is known; gives a token of it.
    pub(crate) async fn learned(&self, authority: &Authority, kid: &str) -> String {
        let (secret, public) = key();
        let published = PublicKey::new(kid, &public, Utc::now());
        self.write("auth", &subjects::key(kid), self.revocations.key(&published).unwrap()).await.unwrap();
        let signer = TokenSigner { kid: kid.to_owned(), key: secret };
        let token = signer.sign(&claims(user(), 1)).unwrap();
        within(Duration::from_secs(2), "the key", || authority.check(&token).is_ok()).await;
        token
    }

    pub(crate) async fn complete(&self) {
        self.complete_of(self.stream().await).await;
    }

    /// What auth writes at its start, and how far in its history that is.
    pub(crate) async fn open_at(&self, position: Position) {
        self.open().await;
        let complete = Complete {
            stream: self.stream().await,
            at: Utc::now(),
            revocations: 0,
            position: Some(position),
        };
        let value = self.revocations.complete(&complete).unwrap();
        self.write("auth", subjects::COMPLETE, value).await.unwrap();
    }

    /// Says that all is there of a stream that was created then.
    pub(crate) async fn complete_of(&self, stream: String) {
        let complete = Complete { stream, at: Utc::now(), revocations: 0, position: None };
        let value = self.revocations.complete(&complete).unwrap();
        self.write("auth", subjects::COMPLETE, value).await.unwrap();
    }

    /// When the stream of revocations was created.
    pub(crate) async fn stream(&self) -> String {
        let jetstream = async_nats::jetstream::new(self.client("auth").await);
        auth::stream_created(&jetstream, subjects::REVOCATIONS).await.unwrap()
    }

    pub(crate) async fn revoke(&self, revocation: &Revocation) {
        let value = self.revocations.revocation(revocation).unwrap();
        self.write("auth", &revocation.subject(), value).await.unwrap();
    }

    /// Writes as a service and awaits the acknowledgement.
    pub(crate) async fn write(
        &self,
        service: &str,
        subject: &str,
        value: String,
    ) -> Result<(), async_nats::Error> {
        let mut jetstream = async_nats::jetstream::new(self.client(service).await);
        jetstream.set_timeout(Duration::from_secs(1));
        let ack = jetstream.publish(subject.to_owned(), value.into()).await?;
        tokio::time::timeout(Duration::from_secs(1), ack).await??;
        Ok(())
    }

    /// A token of a fresh session.
    pub(crate) fn token(&self, user: UserId, generation: i64) -> String {
        self.tokens.sign(&claims(user, generation)).unwrap()
    }
}

pub(crate) fn claims(user: UserId, generation: i64) -> AccessClaims {
    let now = Utc::now().timestamp();
    AccessClaims {
        iss: ORIGIN.to_owned(),
        aud: ORIGIN.to_owned(),
        client_id: token::CLIENT_ID.to_owned(),
        sub: user,
        sid: SessionId::from_uuid(Uuid::now_v7()),
        generation,
        withheld: None,
        role: Role::User,
        name: Some("Ana".to_owned()),
        iat: now,
        exp: now + token::LIFE_SECONDS,
        nbf: None,
        jti: Uuid::now_v7(),
    }
}

pub(crate) fn user() -> UserId {
    UserId::from_uuid(Uuid::now_v7())
}

pub(crate) fn ban(user: UserId, generation: i64) -> Revocation {
    Revocation {
        kind: Kind::User,
        id: user.uuid(),
        generation,
        expires_at: Utc::now() + TimeDelta::seconds(LIFE_SECONDS),
        reason_code: ReasonCode::Banned,
        actor: None,
        at: Utc::now(),
    }
}

/// Waits until it holds, at most so long.
pub(crate) async fn within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) -> Duration {
    let begun = tokio::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < limit, "{what} took longer than {limit:?}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    begun.elapsed()
}

pub(crate) async fn ready(authority: &Authority) {
    tokio::time::timeout(Duration::from_secs(5), authority.ready()).await.expect("ready within 5 s");
}
