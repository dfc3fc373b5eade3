//! Bodies have a limit, told or not.

use contracts::{Problem, ProblemCode};
use futures::stream;
use reqwest::Body;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Echo, Setup, Stub};

const LIMIT: usize = 1024 * 1024;

#[tokio::test]
async fn bodies_up_to_the_limit_pass() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let response = ingress.post("/api/orders").body(vec![0; LIMIT]).send().await.unwrap();
    assert_eq!(Echo::of(response).await.bytes(), LIMIT as u64);
}

#[tokio::test]
async fn announced_bodies_over_the_limit_are_refused_unread() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    let response = ingress.post("/api/orders").body(vec![0; LIMIT + 1]).send().await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(response.json::<Problem>().await.unwrap().code, ProblemCode::TooLarge);
    assert_eq!(stub.hits(), 0);
}

#[tokio::test]
async fn unannounced_bodies_over_the_limit_are_cut_off() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let parts = stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 64 * 1024])));
    let response = ingress.post("/api/orders").body(Body::wrap_stream(parts)).send().await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(response.json::<Problem>().await.unwrap().code, ProblemCode::TooLarge);
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let mut stream = TcpStream::connect(ingress.public).await.unwrap();
    let head = "POST /api/orders HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on[..], b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn two_lengths_are_no_way_to_hide_a_request() {
    let stub = Stub::echo("any").await;
    let ingress = Setup::all(&stub).start().await;
    let hidden = "GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n";
    let head = "POST /api/orders HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
    let answer = ingress.raw(&format!("{head}content-length: 4\r\ncontent-length: 9\r\n\r\n{hidden}")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let both = "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = ingress.raw(&format!("{head}{both}{hidden}")).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert_eq!(stub.hits(), 1);
}
