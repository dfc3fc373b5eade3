//! Bodies have a limit, told or not.

use contracts::{Problem, ProblemCode};
use futures::stream;
use reqwest::Body;

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
