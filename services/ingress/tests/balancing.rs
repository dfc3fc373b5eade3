//! Several instances of a service: in turn, and around the dead and the ignorant.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{any, get};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::support::{Echo, Ingress, Setup, Stub, dead_address, eventually};

async fn stale(status: StatusCode) -> Stub {
    let refuse = move || async move { (status, [("x-problem-code", "revocations_stale")], "{}") };
    Stub::serving(Router::new().fallback(any(refuse))).await
}

async fn healthy(ingress: &Ingress, service: &str) -> u64 {
    let ready: serde_json::Value = ingress.private_get("/readyz").send().await.unwrap().json().await.unwrap();
    ready["services"][service]["healthy"].as_u64().unwrap()
}

#[tokio::test]
async fn instances_are_asked_in_turn() {
    let (one, two) = (Stub::echo("one").await, Stub::echo("two").await);
    let ingress = Setup::all(&one).service("ORDERS", &[one.address, two.address]).start().await;
    for _ in 0..20 {
        ingress.echo("/api/orders").await;
    }
    assert_eq!((one.hits(), two.hits()), (10, 10));
}

#[tokio::test]
async fn a_dead_instance_costs_no_request() {
    let stub = Stub::echo("alive").await;
    let ingress = Setup::all(&stub).service("ORDERS", &[dead_address().await, stub.address]).start().await;
    for _ in 0..20 {
        ingress.echo("/api/orders").await;
        let bought = ingress.post("/api/orders").body(r#"{"items":[]}"#).send().await.unwrap();
        assert_eq!(Echo::of(bought).await.bytes(), 12);
    }
    eventually("the dead instance is noticed", || async { healthy(&ingress, "orders").await == 1 }).await;
}

#[tokio::test]
async fn reading_is_repeated_when_a_connection_breaks() {
    let stub = Stub::echo("alive").await;
    let ingress = Setup::all(&stub).service("ORDERS", &[breaking().await, stub.address]).start().await;
    for _ in 0..4 {
        assert_eq!(ingress.echo("/api/orders").await.service(), "alive");
    }
}

#[tokio::test]
async fn a_write_that_may_have_happened_is_not_repeated() {
    let stub = Stub::echo("alive").await;
    let ingress = Setup::all(&stub).service("ORDERS", &[breaking().await, stub.address]).start().await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(ingress.post("/api/orders").body("{}").send().await.unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 502], "it failed once, and was then avoided");
}

/// Alive when asked for its health, and hangs up on everything else.
async fn breaking() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap_or(0);
                if head[..read].starts_with(b"GET /livez") {
                    use tokio::io::AsyncWriteExt;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn an_instance_that_cannot_know_who_is_banned_is_passed_over_once() {
    let (ignorant, knowing) = (stale(StatusCode::SERVICE_UNAVAILABLE).await, Stub::echo("knowing").await);
    let ingress = Setup::all(&knowing).service("ORDERS", &[ignorant.address, knowing.address]).start().await;
    for _ in 0..6 {
        let response = ingress.post("/api/orders").body("{\"a\":1}").send().await.unwrap();
        let echo = Echo::of(response).await;
        assert_eq!((echo.service(), echo.bytes()), ("knowing", 7), "the body is sent again");
    }
    assert_eq!(knowing.hits(), 6);
    assert!((1..=3).contains(&ignorant.hits()), "asked {} times, though it had refused", ignorant.hits());
}

#[tokio::test]
async fn when_no_instance_knows_the_client_is_told() {
    let stub = Stub::echo("any").await;
    let (one, two) =
        (stale(StatusCode::SERVICE_UNAVAILABLE).await, stale(StatusCode::SERVICE_UNAVAILABLE).await);
    let three = stale(StatusCode::SERVICE_UNAVAILABLE).await;
    let alone = stale(StatusCode::SERVICE_UNAVAILABLE).await;
    let setup = Setup::all(&stub).service("ORDERS", &[one.address, two.address, three.address]);
    let ingress = setup.service("PAYMENTS", &[alone.address]).start().await;
    let response = ingress.get("/api/orders").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["x-problem-code"], "revocations_stale");
    assert_eq!(one.hits() + two.hits() + three.hits(), 2, "one retry, not a tour");
    assert_eq!(ingress.get("/api/payments/1").send().await.unwrap().status(), 503);
    assert_eq!(alone.hits(), 1);
}

#[tokio::test]
async fn a_frozen_instance_is_taken_out() {
    let stub = Stub::echo("alive").await;
    let frozen = Stub::serving(Router::new().route("/x", get(|| async { "" }))).await;
    // Accepts connections, as the kernel does for a stopped process, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let setup = Setup::all(&frozen).service("ORDERS", &[silent.local_addr().unwrap(), stub.address]);
    let ingress = setup.start().await;
    eventually("the silent instance is noticed", || async { healthy(&ingress, "orders").await == 1 }).await;
    for _ in 0..10 {
        assert_eq!(ingress.echo("/api/orders").await.service(), "alive");
    }
}
