//! A NATS server of a test's own, set up as in production.

use async_nats::{ConnectOptions, jetstream};
use events::{
    provision,
    server_config::{self, Passwords, ServerSettings},
    topology::{self, ConsumerSpec, SERVICES},
};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Password of every user of a test's server; the permissions are what is tested, not the secrecy.
const PASSWORD: &str = "test";

/// A running nats-server, stopped with the value.
#[derive(Debug)]
pub struct NatsServer {
    child: Child,
    dir: PathBuf,
    port: u16,
}

impl NatsServer {
    /// Starts a server on a port that it chooses, and provisions it.
    pub async fn start() -> Self {
        let server = Self::start_empty().await;
        server.provision().await;
        server
    }

    /// Starts a server with the streams, and the consumers of one service.
    pub async fn start_for(service: &str) -> Self {
        let server = Self::start_empty().await;
        server.provision_with(topology::consumers_of(service)).await;
        server
    }

    async fn start_empty() -> Self {
        let dir = std::env::temp_dir().join(format!("ticketing-test-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&dir).expect("a folder for nats-server");
        let config = dir.join("nats.conf");
        std::fs::write(&config, server_config::render(&settings(&dir, -1), &passwords()))
            .expect("its configuration");
        let (child, port) = spawn(&dir, &config).await;
        Self { child, dir, port }
    }

    /// Kills the server at once, as a crash would. Its data stays.
    pub fn kill(&mut self) {
        self.child.kill().expect("nats-server can be killed");
        self.child.wait().expect("nats-server ends");
    }

    /// Starts it again on the same port with the data it had.
    pub async fn restart(&mut self) {
        let config = self.dir.join("nats.conf");
        let same_port = settings(&self.dir, i32::from(self.port));
        std::fs::write(&config, server_config::render(&same_port, &passwords())).expect("its configuration");
        let (child, _) = spawn(&self.dir, &config).await;
        self.child = child;
    }

    /// Forgets everything the server knows, while it is stopped.
    pub fn erase(&self) {
        std::fs::remove_dir_all(self.dir.join("data")).expect("the data can be removed");
    }

    /// Creates the streams and consumers of the topology.
    pub async fn provision(&self) {
        self.provision_with(topology::CONSUMERS).await;
    }

    async fn provision_with(&self, consumers: impl IntoIterator<Item = &ConsumerSpec>) {
        let events = async {
            let jetstream = self.jetstream("provisioner").await;
            provision::events_with(&jetstream, 1, consumers).await.expect("the event account is provisioned");
        };
        let revocations = async {
            let jetstream = self.jetstream("provisioner-revocations").await;
            provision::revocations(&jetstream, 1).await.expect("the revocation account is provisioned");
        };
        // On the heap: every test holds what it awaits.
        Box::pin(async { tokio::join!(events, revocations) }).await;
    }

    /// URL of a user, such as `orders` (events) or `orders-revocations`.
    pub fn url(&self, user: &str) -> String {
        format!("nats://{user}:{PASSWORD}@127.0.0.1:{}", self.port)
    }

    /// A connection as a user.
    pub async fn client(&self, user: &str) -> async_nats::Client {
        connect(self.port, user).await
    }

    /// JetStream as a user.
    pub async fn jetstream(&self, user: &str) -> jetstream::Context {
        jetstream::new(self.client(user).await)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// A connection as a user of the server on a port of this machine.
pub(crate) async fn connect(port: u16, user: &str) -> async_nats::Client {
    let service = user.strip_suffix("-revocations").unwrap_or(user);
    ConnectOptions::with_user_and_password(user.to_owned(), PASSWORD.to_owned())
        .custom_inbox_prefix(format!("_INBOX.{service}"))
        .connect(format!("127.0.0.1:{port}"))
        .await
        .expect("nats-server accepts the user")
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

fn settings(dir: &Path, port: i32) -> ServerSettings {
    ServerSettings {
        host: "127.0.0.1".to_owned(),
        port,
        store_dir: dir.join("data"),
        ports_dir: Some(dir.to_owned()),
        sync_always: false,
    }
}

fn passwords() -> Passwords {
    let all: std::collections::BTreeMap<_, _> =
        SERVICES.iter().map(|service| ((*service).to_owned(), PASSWORD.to_owned())).collect();
    Passwords { provisioner: PASSWORD.to_owned(), events: all.clone(), revocations: all }
}

/// Starts the program and learns its port from the file that it writes.
async fn spawn(dir: &Path, config: &Path) -> (Child, u16) {
    let mut child = Command::new(crate::environment("NATS_SERVER_BIN"))
        .arg("-c")
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nats-server starts");
    let ports = dir.join(format!("nats-server_{}.ports", child.id()));
    let port = crate::eventually("nats-server names its port", || async {
        let text = std::fs::read_to_string(&ports).ok()?;
        let ports: serde_json::Value = serde_json::from_str(&text).ok()?;
        ports["nats"][0].as_str()?.rsplit(':').next()?.parse::<u16>().ok()
    })
    .await;
    assert!(child.try_wait().expect("nats-server can be asked").is_none(), "nats-server ended");
    crate::eventually("nats-server accepts connections", || async {
        let connecting = tokio::net::TcpStream::connect(("127.0.0.1", port));
        tokio::time::timeout(Duration::from_secs(1), connecting).await.ok()?.ok()
    })
    .await;
    (child, port)
}
