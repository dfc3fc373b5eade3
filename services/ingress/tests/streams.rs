//! Streams of events pass as they come.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{StreamExt, stream};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Setup, Stub};

async fn one_event_and_then_silence() -> Response {
    let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"data: 1\n\n")) });
    let body = Body::from_stream(first.chain(stream::pending()));
    ([("content-type", "text/event-stream")], body).into_response()
}

#[tokio::test]
async fn the_first_event_arrives_while_the_stream_stays_open() {
    let stub = Stub::serving(Router::new().route("/api/orders/1", get(one_event_and_then_silence))).await;
    // Streams have a patience of their own.
    let ingress = Setup::all(&stub).with("READ_TIMEOUT_SECONDS", "1").start().await;
    let response = ingress.get("/api/orders/1").header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut parts = response.bytes_stream();
    let first = tokio::time::timeout(Duration::from_secs(2), parts.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(first, Bytes::from_static(b"data: 1\n\n"));
    let second = tokio::time::timeout(Duration::from_millis(1_500), parts.next()).await;
    assert!(second.is_err(), "the stream is still open");
}

#[tokio::test]
async fn an_open_stream_does_not_hold_up_a_shutdown() {
    let stub = Stub::serving(Router::new().route("/api/orders/1", get(one_event_and_then_silence))).await;
    let mut ingress = Setup::all(&stub).start().await;
    let response = ingress.get("/api/orders/1").header("accept", "text/event-stream").send().await.unwrap();
    let began = std::time::Instant::now();
    kill_process(Pid::from_child(&ingress.child), Signal::TERM).unwrap();
    assert_eq!(crate::lifecycle::exit_code(&mut ingress).await, Some(0));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    drop(response);
}
