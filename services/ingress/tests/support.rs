//! Starts the ingress and stub services on free ports.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::Request;
use axum::routing::{any, get};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SERVICES: [&str; 7] =
    ["AUTH", "TICKETS", "ORDERS", "EXPIRATION", "PAYMENTS", "NOTIFICATIONS", "FRONTEND"];

/// A service that answers with what it was asked.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    hits: Arc<AtomicUsize>,
}

impl Stub {
    /// Echoes the request as JSON, under the given name.
    pub(crate) async fn echo(name: &'static str) -> Self {
        Self::serving(Router::new().fallback(any(move |request| echo(name, request)))).await
    }

    /// Serves `router`, and `/livez`.
    pub(crate) async fn serving(router: Router) -> Self {
        let hits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&hits);
        let count = move |request: Request, next: axum::middleware::Next| {
            counted.fetch_add(1, Ordering::SeqCst);
            next.run(request)
        };
        let router = router.layer(axum::middleware::from_fn(count)).route("/livez", get(|| async { "" }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, hits }
    }

    /// How often it was asked, health checks aside.
    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

async fn echo(name: &'static str, request: Request) -> Json<Value> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut headers: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in &parts.headers {
        headers.entry(name.to_string()).or_default().push(value.to_str().unwrap().to_owned());
    }
    let target = parts.uri.path_and_query().map(ToString::to_string);
    Json(
        json!({ "service": name, "method": parts.method.as_str(), "target": target, "headers": headers, "bytes": body.len() }),
    )
}

/// A running ingress.
pub(crate) struct Ingress {
    pub(crate) public: SocketAddr,
    pub(crate) private: SocketAddr,
    pub(crate) child: Child,
    pub(crate) log: Arc<Mutex<String>>,
    client: Client,
}

/// How an ingress is to be started.
pub(crate) struct Setup {
    values: HashMap<String, String>,
}

impl Setup {
    /// Every service is the same stub.
    pub(crate) fn all(stub: &Stub) -> Self {
        let mut setup = Self { values: HashMap::new() };
        for service in SERVICES {
            setup.values.insert(format!("UPSTREAM_{service}"), stub.address.to_string());
        }
        setup.with("PUBLIC_ORIGIN", "http://localhost:3000").with("INSTANCE", "ingress-test")
    }

    /// With stubs or addresses of its own for one service.
    pub(crate) fn service(self, name: &str, instances: &[SocketAddr]) -> Self {
        let list: Vec<String> = instances.iter().map(ToString::to_string).collect();
        self.with(&format!("UPSTREAM_{name}"), &list.join(","))
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) async fn start(self) -> Ingress {
        let (public, private) = (dead_address().await, dead_address().await);
        let mut child = Command::new(env!("CARGO_BIN_EXE_ingress"))
            .env_clear()
            .env("LISTEN", public.to_string())
            .env("LISTEN_PRIVATE", private.to_string())
            .env("LOG_FORMAT", "json")
            .envs(&self.values)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (output, kept) = (child.stdout.take().unwrap(), Arc::clone(&log));
        std::thread::spawn(move || keep_log(output, &kept));
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let ingress = Ingress { public, private, child, log, client };
        ingress.wait_until_ready().await;
        ingress
    }
}

fn keep_log(output: std::process::ChildStdout, kept: &Mutex<String>) {
    use std::io::BufRead;
    for line in std::io::BufReader::new(output).lines().map_while(Result::ok) {
        let mut kept = kept.lock().unwrap();
        kept.push_str(&line);
        kept.push('\n');
    }
}

/// An address where nobody listens.
pub(crate) async fn dead_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

impl Ingress {
    async fn wait_until_ready(&self) {
        let both = || async {
            let private = self.private_get("/readyz").send().await;
            private.is_ok_and(|response| response.status() == 200)
                && TcpStream::connect(self.public).await.is_ok()
        };
        eventually("the ingress is ready", both).await;
    }

    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("http://{}{path}", self.public))
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("http://{}{path}", self.public))
    }

    pub(crate) fn put(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.put(format!("http://{}{path}", self.public))
    }

    pub(crate) fn private_get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("http://{}{path}", self.private))
    }

    /// Sends bytes through the public door and reads until it closes.
    pub(crate) async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.public).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        tokio::time::timeout(Duration::from_secs(5), read).await.unwrap().unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// What the stub behind `path` was asked.
    pub(crate) async fn echo(&self, path: &str) -> Echo {
        Echo::of(self.get(path).send().await.unwrap()).await
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Ingress {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a stub was asked.
pub(crate) struct Echo(Value);

impl Echo {
    pub(crate) async fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        Self(response.json().await.unwrap())
    }

    pub(crate) fn service(&self) -> &str {
        self.0["service"].as_str().unwrap()
    }

    pub(crate) fn target(&self) -> &str {
        self.0["target"].as_str().unwrap()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0["bytes"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values = self.0["headers"][name].as_array()?;
        Some(values.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>().join(" | "))
    }
}

/// Waits until something holds, for at most ten seconds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came true that {what}");
}
