//! What the ingress answers itself.

use axum::Router;
use axum::routing::get;
use contracts::{Problem, ProblemCode};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Setup, Stub, dead_address};

#[tokio::test]
async fn unknown_api_paths_are_problems() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let response = ingress.get("/api/nope").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: Problem = response.json().await.unwrap();
    assert_eq!((problem.code, problem.request_id), (ProblemCode::NotFound, Some(id)));
}

#[tokio::test]
async fn a_service_that_is_down_is_a_problem_for_programs_and_a_page_for_people() {
    let gone = dead_address().await;
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).service("ORDERS", &[gone]).service("FRONTEND", &[gone]).start().await;
    let response = ingress.get("/api/orders").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.json::<Problem>().await.unwrap().code, ProblemCode::Unavailable);

    let response = ingress.get("/orders").send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert!(response.text().await.unwrap().contains("We will be right back"));

    assert_eq!(ingress.echo("/api/shows").await.service(), "any", "the rest keeps answering");
}

#[tokio::test]
async fn the_api_page_is_served_with_a_strict_policy() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    for (path, content_type) in [
        ("/api/docs", "text/html; charset=utf-8"),
        ("/api/docs/docs.js", "text/javascript; charset=utf-8"),
        ("/api/docs/docs.css", "text/css; charset=utf-8"),
    ] {
        let response = ingress.get(path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &content_type.parse().unwrap())
        );
    }
    let response = ingress.get("/api/docs").send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(ingress.post("/api/docs").send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn ambiguous_paths_are_refused() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    // By hand: HTTP clients tidy paths up before they send them.
    for path in ["//metrics", "/a/../metrics", "/a/%2e%2E/metrics", "/api%2fauth", "/shows//1", "/a\\b", "*"]
    {
        let answer =
            ingress.raw(&format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
    assert_eq!(stub.hits(), 0);
}

#[tokio::test]
async fn methods_that_show_or_tunnel_are_refused() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    for line in ["TRACE / HTTP/1.1", "CONNECT a:1 HTTP/1.1"] {
        let answer = ingress.raw(&format!("{line}\r\nhost: a\r\nconnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 405 "), "{line}: {answer}");
    }
    assert_eq!(stub.hits(), 0);
}

#[tokio::test]
async fn a_service_that_says_nothing_is_given_up() {
    let stub = Stub::serving(Router::new().route("/api/orders", get(std::future::pending::<String>))).await;
    let ingress = Setup::all(&stub).with("READ_TIMEOUT_SECONDS", "1").start().await;
    let response = ingress.get("/api/orders").send().await.unwrap();
    assert_eq!(response.status(), 504);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.json::<Problem>().await.unwrap().status, 504);
    assert_eq!(stub.hits(), 1, "slow is not broken: it is not asked twice");
}

#[tokio::test]
async fn head_has_no_body_and_the_connection_lives_on() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let first = "HEAD /api/docs HTTP/1.1\r\nhost: a\r\n\r\n";
    let second = "GET /api/nope HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(ingress.public).await.unwrap();
    let mut answer = String::new();
    stream.write_all(first.as_bytes()).await.unwrap();
    let mut head = [0; 4096];
    let read = stream.read(&mut head).await.unwrap();
    assert!(head[..read].starts_with(b"HTTP/1.1 200") && head[..read].ends_with(b"\r\n\r\n"));
    stream.write_all(second.as_bytes()).await.unwrap();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}
