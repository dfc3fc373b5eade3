//! Streams of events pass as they come.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{FutureExt, StreamExt, stream};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Ingress, Setup, Stub};

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
    kill_process(Pid::from_child(&ingress.child), Signal::TERM).unwrap();
    assert_eq!(crate::lifecycle::exit_code(&mut ingress).await, Some(0));
    // The drain had nobody to wait for, although the stream was open to the end.
    assert!(ingress.log().contains(r#""unfinished":0"#), "{}", ingress.log());
    drop(response);
}

fn streams_of(ingress: &Ingress, count: usize) -> impl Future<Output = Vec<reqwest::Response>> {
    let open = (0..count).map(|_| ingress.get("/api/orders/1").header("accept", "text/event-stream").send());
    futures::future::join_all(open).map(|all| all.into_iter().map(Result::unwrap).collect())
}

#[tokio::test]
async fn one_address_opens_only_so_many_streams_and_more_when_they_are_closed() {
    let stub = Stub::serving(Router::new().route("/api/orders/1", get(one_event_and_then_silence))).await;
    let ingress = Setup::all(&stub).with("STREAMS_PER_ADDRESS", "3").start().await;
    let open = streams_of(&ingress, 3).await;
    assert!(open.iter().all(|stream| stream.status() == 200));
    let refused = streams_of(&ingress, 1).await.remove(0);
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"5".parse().unwrap()));
    let plain = ingress.get("/api/orders/2").send().await.unwrap();
    assert_eq!(plain.status(), 404, "what is no stream is not counted");
    drop(open);
    crate::support::eventually("a place is free again", || async {
        streams_of(&ingress, 1).await.remove(0).status() == 200
    })
    .await;
}

#[tokio::test]
async fn all_together_open_only_so_many_streams() {
    let stub = Stub::serving(Router::new().route("/api/orders/1", get(one_event_and_then_silence))).await;
    let ingress = Setup::all(&stub).with("STREAMS_IN_ALL", "2").start().await;
    let open = streams_of(&ingress, 2).await;
    let refused = streams_of(&ingress, 1).await.remove(0);
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    drop(open);
}
