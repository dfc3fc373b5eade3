//! Starting with a bad configuration, and stopping.

use std::process::Command;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Echo, Ingress, Setup, Stub};

fn signal(ingress: &Ingress, signal: Signal) {
    let pid = Pid::from_child(&ingress.child);
    kill_process(pid, signal).unwrap();
}

pub(crate) async fn exit_code(ingress: &mut Ingress) -> Option<i32> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if let Some(status) = ingress.child.try_wait().unwrap() {
            return status.code();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}

#[test]
fn a_bad_configuration_is_named_in_full() {
    let output = Command::new(env!("CARGO_BIN_EXE_ingress"))
        .env_clear()
        .env("LISTEN", "nowhere")
        .env("UPSTREAM_AUTH", "auth")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    for name in ["LISTEN ", "LISTEN_PRIVATE", "PUBLIC_ORIGIN", "UPSTREAM_AUTH", "UPSTREAM_FRONTEND"] {
        assert!(said.contains(name), "{name} is not in {said}");
    }
}

#[tokio::test]
async fn a_taken_address_is_an_error() {
    let ingress = Setup::all(&Stub::echo("any").await).start().await;
    let variables = std::fs::read(format!("/proc/{}/environ", ingress.child.id())).unwrap();
    let variables = String::from_utf8(variables).unwrap();
    let variables = variables.split('\0').filter_map(|pair| pair.split_once('='));
    let second = Command::new(env!("CARGO_BIN_EXE_ingress")).env_clear().envs(variables).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8(second.stderr).unwrap().contains("cannot listen"));
}

#[tokio::test]
async fn an_idle_ingress_stops_with_nobody_left_waiting() {
    let stub = Stub::echo("any").await;
    for stop in [Signal::TERM, Signal::INT] {
        let mut ingress = Setup::all(&stub).start().await;
        ingress.echo("/api/shows").await;
        signal(&ingress, stop);
        assert_eq!(exit_code(&mut ingress).await, Some(0));
        assert!(ingress.log().contains(r#""unfinished":0"#), "{}", ingress.log());
    }
}

#[tokio::test]
async fn requests_under_way_are_finished() {
    let slow = get(|| async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        axum::Json(serde_json::json!({ "service": "slow" }))
    });
    let stub = Stub::serving(Router::new().route("/api/orders", slow)).await;
    let mut ingress = Setup::all(&stub).start().await;
    let request = tokio::spawn(ingress.get("/api/orders").send());
    crate::support::eventually("the request is under way", || async { stub.hits() == 1 }).await;
    signal(&ingress, Signal::TERM);
    assert_eq!(Echo::of(request.await.unwrap().unwrap()).await.service(), "slow");
    assert_eq!(exit_code(&mut ingress).await, Some(0));
}
