//! How often one address may ask.

use contracts::{Problem, ProblemCode};

use crate::support::{Setup, Stub};

#[tokio::test]
async fn an_address_that_asks_too_often_waits() {
    let ingress = Setup::all(&Stub::echo("any").await).with("RATE_LIMIT_API_PER_MINUTE", "3").start().await;
    for _ in 0..3 {
        assert_eq!(ingress.get("/api/shows").send().await.unwrap().status(), 200);
    }
    let response = ingress.get("/api/shows").header("x-forwarded-for", "192.0.2.1").send().await.unwrap();
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(response.json::<Problem>().await.unwrap().code, ProblemCode::RateLimited);
    assert_eq!(ingress.get("/").send().await.unwrap().status(), 200, "pages are not limited");
}

#[tokio::test]
async fn guessing_passwords_is_limited_more() {
    let ingress =
        Setup::all(&Stub::echo("any").await).with("RATE_LIMIT_SIGNIN_PER_MINUTE", "2").start().await;
    assert_eq!(ingress.post("/api/auth/signin").send().await.unwrap().status(), 200);
    assert_eq!(ingress.post("/signin").send().await.unwrap().status(), 200);
    assert_eq!(ingress.post("/api/auth/signup").send().await.unwrap().status(), 429);
    let page = ingress.post("/signin").send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (429, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert_eq!(ingress.get("/signin").send().await.unwrap().status(), 200);
    assert_eq!(ingress.get("/api/shows").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn trying_passwords_out_on_the_way_to_a_new_one_is_limited_as_much() {
    let ingress =
        Setup::all(&Stub::echo("any").await).with("RATE_LIMIT_SIGNIN_PER_MINUTE", "2").start().await;
    let password = || ingress.put("/api/auth/password").send();
    assert_eq!(password().await.unwrap().status(), 200);
    assert_eq!(ingress.post("/account").send().await.unwrap().status(), 200);
    assert_eq!(password().await.unwrap().status(), 429);
    assert_eq!(ingress.post("/account").send().await.unwrap().status(), 429);
    assert_eq!(ingress.get("/account").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_private_door_counts_by_the_address_it_is_told() {
    let ingress =
        Setup::all(&Stub::echo("any").await).with("RATE_LIMIT_PRIVATE_PER_MINUTE", "1").start().await;
    let from = |address: &'static str| ingress.private_get("/api/shows").header("x-forwarded-for", address);
    assert_eq!(from("192.0.2.1").send().await.unwrap().status(), 200);
    assert_eq!(from("192.0.2.1").send().await.unwrap().status(), 429);
    assert_eq!(from("192.0.2.2").send().await.unwrap().status(), 200);
}
